#include <immintrin.h>

#include <cstring>

#include "model/image/resample.h"

// A sum of 22-bit weights times bytes is taken as two sums of 16-bit products, low + (high << 16);
// modulo 2^32 that is the same integer, so every path gives the same bits.
namespace mono::model::resampling {
namespace {

#define MONO_AVX2 __attribute__((target("avx2")))

constexpr int32_t kHalf = 1 << 21;

/// Byte places that bring two neighbouring pixels together: r0 r1 g0 g1 b0 b1 (a0 a1) as int16.
template <int channels>
MONO_AVX2 inline __m256i pair_shuffle(int first_byte) {
  alignas(16) uint8_t places[16];
  std::memset(places, 0x80, sizeof(places));
  for (int channel = 0; channel < channels; ++channel) {
    places[4 * channel] = static_cast<uint8_t>(first_byte + channel);
    places[4 * channel + 2] = static_cast<uint8_t>(first_byte + channel + channels);
  }
  return _mm256_broadcastsi128_si256(_mm_load_si128(reinterpret_cast<const __m128i*>(places)));
}

MONO_AVX2 inline __m128i load16(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

MONO_AVX2 inline __m256i load32(const void* from) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(from));
}

MONO_AVX2 inline __m256i finished(__m256i low, __m256i high) {
  const auto sum = _mm256_add_epi32(_mm256_add_epi32(low, _mm256_slli_epi32(high, 16)),
                                    _mm256_set1_epi32(kHalf));
  return _mm256_srai_epi32(sum, 22);
}

/// Two output pixels an iteration, one in each half of the registers.
template <int channels>
MONO_AVX2 void horizontal(const uint8_t* in, const AxisWeights& axis, uint8_t* out) {
  const auto first_pair = pair_shuffle<channels>(0);
  const auto second_pair = pair_shuffle<channels>(2 * channels);
  const auto spread = _mm256_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1);
  const auto two_weights = [&](const int32_t* from) MONO_AVX2 {
    const auto two = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from));
    return _mm256_permutevar8x32_epi32(_mm256_castsi128_si256(two), spread);
  };
  for (int x = 0; x < axis.out_size; x += 2, out += ptrdiff_t{2} * channels) {
    const uint8_t* left = in + static_cast<size_t>(axis.first[x]) * channels;
    const uint8_t* right = in + static_cast<size_t>(axis.first[x + 1]) * channels;
    size_t at = static_cast<size_t>(x / kGroup) * axis.num_pairs * kGroup + x % kGroup;
    auto low = _mm256_setzero_si256();
    auto high = _mm256_setzero_si256();
    for (int pair = 0; pair < axis.num_pairs; pair += 2) {
      const auto four =
          _mm256_inserti128_si256(_mm256_castsi128_si256(load16(left)), load16(right), 1);
      for (const auto& places : {first_pair, second_pair}) {
        const auto pixels = _mm256_shuffle_epi8(four, places);
        low = _mm256_add_epi32(low, _mm256_madd_epi16(pixels, two_weights(&axis.low[at])));
        high = _mm256_add_epi32(high, _mm256_madd_epi16(pixels, two_weights(&axis.high[at])));
        at += kGroup;
      }
      left += ptrdiff_t{4} * channels;
      right += ptrdiff_t{4} * channels;
    }
    const auto words = _mm256_packs_epi32(finished(low, high), _mm256_setzero_si256());
    const auto bytes = _mm256_packus_epi16(words, words);
    const int32_t pixels[2] = {_mm_cvtsi128_si32(_mm256_castsi256_si128(bytes)),
                               _mm_cvtsi128_si32(_mm256_extracti128_si256(bytes, 1))};
    std::memcpy(out, &pixels[0], sizeof(int32_t));
    std::memcpy(out + channels, &pixels[1], sizeof(int32_t));
  }
}

}  // namespace

MONO_AVX2 void horizontal_avx2(const uint8_t* in, const AxisWeights& axis, int channels,
                               uint8_t* out) {
  channels == 3 ? horizontal<3>(in, axis, out) : horizontal<4>(in, axis, out);
}

MONO_AVX2 void vertical_avx2(const RowTaps& taps, size_t num_bytes, uint8_t* out) {
  const auto zero = _mm256_setzero_si256();
  size_t i = 0;
  for (; i + 32 <= num_bytes; i += 32) {
    __m256i low[4] = {zero, zero, zero, zero};
    __m256i high[4] = {zero, zero, zero, zero};
    for (int k = 0; k < taps.count; k += 2) {
      const auto low_pair = _mm256_set1_epi32(taps.pairs[k / 2].low);
      const auto high_pair = _mm256_set1_epi32(taps.pairs[k / 2].high);
      const auto a = load32(taps.rows[k] + i);
      const auto b = load32(taps.rows[k + 1] + i);
      const auto front = _mm256_unpacklo_epi8(a, b);
      const auto back = _mm256_unpackhi_epi8(a, b);
      const __m256i words[4] = {_mm256_unpacklo_epi8(front, zero),
                                _mm256_unpackhi_epi8(front, zero), _mm256_unpacklo_epi8(back, zero),
                                _mm256_unpackhi_epi8(back, zero)};
      for (int j = 0; j < 4; ++j) {
        low[j] = _mm256_add_epi32(low[j], _mm256_madd_epi16(words[j], low_pair));
        high[j] = _mm256_add_epi32(high[j], _mm256_madd_epi16(words[j], high_pair));
      }
    }
    const auto front = _mm256_packs_epi32(finished(low[0], high[0]), finished(low[1], high[1]));
    const auto back = _mm256_packs_epi32(finished(low[2], high[2]), finished(low[3], high[3]));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + i), _mm256_packus_epi16(front, back));
  }
  if (i == num_bytes) return;

  std::vector<const uint8_t*> rest(taps.rows, taps.rows + taps.count);
  for (const uint8_t*& row : rest) row += i;
  vertical_scalar({rest.data(), taps.weights, taps.pairs, taps.count}, num_bytes - i, out + i);
}

}  // namespace mono::model::resampling
