#include <immintrin.h>

#include "kernels/pair_products.h"

namespace mono::kernels {
namespace {

#define MONO_PAIRS __attribute__((target("avx512f,avx512bf16")))

/// Columns of one pass, whose sums stay in registers.
constexpr int kVectors = 4;

MONO_PAIRS inline __m512bh pairs(__m512i words) {
  return reinterpret_cast<__m512bh>(words);
}

template <int kWidth>
MONO_PAIRS void multiply_columns(const PairProduct& product, int64_t begin, float* c) {
  __m512 sums[kPairRows][kWidth];
#pragma GCC unroll 6
  for (auto& row : sums) {
#pragma GCC unroll 4
    for (auto& sum : row) sum = _mm512_setzero_ps();
  }
  const uint32_t* b = product.b->words.data() + begin;
  for (int64_t p = 0; p < product.num_pairs; ++p, b += product.b->width) {
    __m512bh columns[kWidth];
#pragma GCC unroll 4
    for (int i = 0; i < kWidth; ++i) columns[i] = pairs(_mm512_loadu_si512(b + i * kPairColumns));
#pragma GCC unroll 6
    for (int row = 0; row < kPairRows; ++row) {
      const auto word = static_cast<int>(product.a[row * product.a_distance + p]);
      const auto a = pairs(_mm512_set1_epi32(word));
#pragma GCC unroll 4
      for (int i = 0; i < kWidth; ++i) {
        sums[row][i] = _mm512_dpbf16_ps(sums[row][i], a, columns[i]);
      }
    }
  }
#pragma GCC unroll 6
  for (int row = 0; row < kPairRows; ++row) {
#pragma GCC unroll 4
    for (int i = 0; i < kWidth; ++i) {
      _mm512_storeu_ps(c + row * product.c_distance + begin + i * kPairColumns, sums[row][i]);
    }
  }
}

/// x <= 0 or NaN; 0 below the smallest of floats.
MONO_PAIRS inline __m512 exponential(__m512 x) {
  constexpr float kLowest = -126;  // whose exponential is 0 in fp32
  constexpr float kLog2e = 1.44269504F, kLn2High = 0.693359375F, kLn2Low = -2.12194440e-4F;
  x = _mm512_max_ps(_mm512_set1_ps(kLowest), x);  // the second of the two where it is NaN
  const auto n = _mm512_roundscale_ps(_mm512_mul_ps(x, _mm512_set1_ps(kLog2e)),
                                      _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  auto r = _mm512_fnmadd_ps(n, _mm512_set1_ps(kLn2High), x);
  r = _mm512_fnmadd_ps(n, _mm512_set1_ps(kLn2Low), r);
  auto sum = _mm512_set1_ps(1.0F / 720);  // Taylor's: |r| <= ln 2 / 2, 1.2e-7 at its end
  for (const float factor : {1.0F / 120, 1.0F / 24, 1.0F / 6, 1.0F / 2, 1.0F, 1.0F}) {
    sum = _mm512_fmadd_ps(sum, r, _mm512_set1_ps(factor));
  }
  return _mm512_scalef_ps(sum, n);
}

MONO_PAIRS float largest_of(const float* scores, int64_t length) {
  auto largest = _mm512_loadu_ps(scores);
  for (int64_t k = kPairColumns; k < length; k += kPairColumns) {
    largest = _mm512_max_ps(largest, _mm512_loadu_ps(scores + k));
  }
  return _mm512_reduce_max_ps(largest);
}

}  // namespace

bool has_pair_products() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bf16") != 0;
}

MONO_PAIRS void pair_product(const PairProduct& product, float* c) {
  int64_t begin = 0;
  for (; begin + kVectors * kPairColumns <= product.num_columns; begin += kVectors * kPairColumns) {
    multiply_columns<kVectors>(product, begin, c);
  }
  switch ((product.num_columns - begin) / kPairColumns) {
    case 3:
      return multiply_columns<3>(product, begin, c);
    case 2:
      return multiply_columns<2>(product, begin, c);
    case 1:
      return multiply_columns<1>(product, begin, c);
    default:
      return;
  }
}

MONO_PAIRS float exponentials(const float* scores, int64_t length, float scale, uint32_t* weights) {
  const auto largest = _mm512_set1_ps(largest_of(scores, length));
  const auto factor = _mm512_set1_ps(scale);
  auto sums = _mm512_setzero_ps();
  for (int64_t k = 0; k < length; k += kPairColumns) {
    const auto below = _mm512_sub_ps(_mm512_loadu_ps(scores + k), largest);
    const auto weight = exponential(_mm512_mul_ps(below, factor));
    sums = _mm512_add_ps(sums, weight);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(weights + k / 2),
                        reinterpret_cast<__m256i>(_mm512_cvtneps_pbh(weight)));
  }
  return _mm512_reduce_add_ps(sums);
}

}  // namespace mono::kernels
