#include <immintrin.h>

#include "kernels/row_dots.h"

namespace mono::kernels {
namespace {

#define MONO_AVX512 __attribute__((target("avx512f")))

constexpr int64_t kVector = 16;

/// 32 bf16 values as floats: the even ones, the odd ones.
struct Pairs {
  __m512 even;
  __m512 odd;
};

MONO_AVX512 inline Pairs pairs_of(const uint16_t* weight) {
  const auto words = _mm512_loadu_si512(weight);
  const auto upper = _mm512_set1_epi32(static_cast<int>(0xffff0000U));
  return {_mm512_castsi512_ps(_mm512_slli_epi32(words, 16)),
          _mm512_castsi512_ps(_mm512_and_si512(words, upper))};
}

MONO_AVX512 inline float sum_of(__m512 even, __m512 odd) {
  alignas(64) float lanes[kVector];
  _mm512_store_ps(lanes, _mm512_add_ps(even, odd));
  for (int64_t half = kVector / 2; half > 0; half /= 2) {
    for (int64_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

/// kWeights weight rows against kRows rows of x, all sums in registers.
template <int kWeights, int kRows>
class Block {
 public:
  MONO_AVX512 Block(const RowDots& dots, int64_t first)
      : x_(dots.x), width_(dots.width), distance_(dots.weight_distance) {
#pragma GCC unroll 16
    for (int i = 0; i < kWeights * kRows; ++i) even_[i] = odd_[i] = _mm512_setzero_ps();
    const uint16_t* const weight = dots.weight + first * distance_;
    const int64_t num_whole = dots.length / kDotLanes * kDotLanes;
    for (int64_t k = 0; k < num_whole; k += kDotLanes) add<true>(weight + k, distance_, k);
    if (num_whole < dots.length) add_last(weight + num_whole, dots.length - num_whole, num_whole);
  }

  MONO_AVX512 void store(float* sums) const {
#pragma GCC unroll 16
    for (int i = 0; i < kWeights * kRows; ++i) sums[i] = sum_of(even_[i], odd_[i]);
  }

 private:
  template <bool kPrefetches>
  MONO_AVX512 inline __attribute__((always_inline)) void add(const uint16_t* weight,
                                                             int64_t distance, int64_t k) {
#pragma GCC unroll 8
    for (int i = 0; i < kWeights; ++i) {
      const uint16_t* const place = weight + i * distance;
      if constexpr (kPrefetches) {  // the next block; a prefetch faults nowhere
        _mm_prefetch(reinterpret_cast<const char*>(place + kWeights * distance), _MM_HINT_T1);
      }
      const auto pairs = pairs_of(place);
#pragma GCC unroll 2
      for (int row = 0; row < kRows; ++row) {
        const float* const x = x_ + row * width_ + k;
        auto& even = even_[i * kRows + row];
        auto& odd = odd_[i * kRows + row];
        even = _mm512_fmadd_ps(_mm512_loadu_ps(x), pairs.even, even);
        odd = _mm512_fmadd_ps(_mm512_loadu_ps(x + kVector), pairs.odd, odd);
      }
    }
  }

  MONO_AVX512 void add_last(const uint16_t* weight, int64_t count, int64_t k) {
    uint16_t last[kWeights * kDotLanes] = {};
    for (int64_t i = 0; i < kWeights; ++i) {
      for (int64_t j = 0; j < count; ++j) last[i * kDotLanes + j] = weight[i * distance_ + j];
    }
    add<false>(last, kDotLanes, k);
  }

  const float* x_;
  int64_t width_;
  int64_t distance_;
  __m512 even_[kWeights * kRows];
  __m512 odd_[kWeights * kRows];
};

template <int kWeights, int kRows>
MONO_AVX512 void block_of(const RowDots& dots, int64_t first, float* sums) {
  Block<kWeights, kRows>(dots, first).store(sums);
}

}  // namespace

MONO_AVX512 void row_dots_avx512(const RowDots& dots, int64_t first, int64_t count, float* sums) {
  int64_t done = 0;
  if (dots.num_rows == 1 && count == kDotWeights)
    return block_of<kDotWeights, 1>(dots, first, sums);
  if (dots.num_rows == 2) {
    for (; done + 4 <= count; done += 4) block_of<4, 2>(dots, first + done, sums + 2 * done);
  }
  for (; done < count; ++done) {
    if (dots.num_rows == 1) {
      block_of<1, 1>(dots, first + done, sums + done);
    } else {
      block_of<1, 2>(dots, first + done, sums + 2 * done);
    }
  }
}

}  // namespace mono::kernels
