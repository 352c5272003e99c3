#include <immintrin.h>

#include "kernels/row_dots.h"

namespace mono::kernels {
namespace {

#define MONO_AVX2 __attribute__((target("avx2,fma")))

constexpr int64_t kVector = 8;
constexpr int kVectors = kDotLanes / kVector;

/// lanes: even elements 0 .. 15, 16 .. 31 of the block, then the odd ones.
MONO_AVX2 inline void add(const float* x, const uint16_t* weight, __m256* lanes) {
  const auto upper = _mm256_set1_epi32(static_cast<int>(0xffff0000U));
  for (int half = 0; half < kVectors / 2; ++half) {
    const auto words = _mm256_loadu_si256(
        reinterpret_cast<const __m256i*>(weight + static_cast<int64_t>(half) * 2 * kVector));
    const float* const even = x + half * kVector;
    const float* const odd = even + kDotLanes / 2;
    lanes[half] = _mm256_fmadd_ps(_mm256_loadu_ps(even),
                                  _mm256_castsi256_ps(_mm256_slli_epi32(words, 16)), lanes[half]);
    lanes[half + 2] = _mm256_fmadd_ps(
        _mm256_loadu_ps(odd), _mm256_castsi256_ps(_mm256_and_si256(words, upper)), lanes[half + 2]);
  }
}

MONO_AVX2 inline float sum_of(const __m256* lanes) {
  const auto eight =
      _mm256_add_ps(_mm256_add_ps(lanes[0], lanes[2]), _mm256_add_ps(lanes[1], lanes[3]));
  const auto four = _mm_add_ps(_mm256_castps256_ps128(eight), _mm256_extractf128_ps(eight, 1));
  const auto two = _mm_add_ps(four, _mm_movehl_ps(four, four));
  return _mm_cvtss_f32(_mm_add_ss(two, _mm_shuffle_ps(two, two, 1)));
}

MONO_AVX2 float dot(const float* x, const uint16_t* weight, int64_t length) {
  const int64_t num_whole = length / kDotLanes * kDotLanes;
  __m256 lanes[kVectors];
  for (auto& lane : lanes) lane = _mm256_setzero_ps();
  for (int64_t k = 0; k < num_whole; k += kDotLanes) add(x + k, weight + k, lanes);
  if (num_whole < length) {
    uint16_t last[kDotLanes] = {};
    for (int64_t k = num_whole; k < length; ++k) last[k - num_whole] = weight[k];
    add(x + num_whole, last, lanes);
  }
  return sum_of(lanes);
}

}  // namespace

MONO_AVX2 void row_dots_avx2(const RowDots& dots, int64_t first, int64_t count, float* sums) {
  for (int64_t i = 0; i < count; ++i) {
    const uint16_t* const weight = dots.weight + (first + i) * dots.weight_distance;
    for (int64_t row = 0; row < dots.num_rows; ++row) {
      sums[i * dots.num_rows + row] = dot(dots.x + row * dots.width, weight, dots.length);
    }
  }
}

}  // namespace mono::kernels
