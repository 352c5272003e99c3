#include <immintrin.h>

#include <cstring>

#include "model/image/resample.h"

// As in resample_avx2.cc, four output pixels at a time.
namespace mono::model::resampling {
namespace {

#define MONO_AVX512 __attribute__((target("avx512f,avx512bw")))

constexpr int32_t kHalf = 1 << 21;

template <int channels>
MONO_AVX512 inline __m512i pair_shuffle(int first_byte) {
  alignas(16) uint8_t places[16];
  std::memset(places, 0x80, sizeof(places));
  for (int channel = 0; channel < channels; ++channel) {
    places[4 * channel] = static_cast<uint8_t>(first_byte + channel);
    places[4 * channel + 2] = static_cast<uint8_t>(first_byte + channel + channels);
  }
  return _mm512_broadcast_i32x4(_mm_load_si128(reinterpret_cast<const __m128i*>(places)));
}

MONO_AVX512 inline __m128i load16(const void* from) {
  return _mm_loadu_si128(static_cast<const __m128i*>(from));
}

MONO_AVX512 inline __m512i finished(__m512i low, __m512i high) {
  const auto sum = _mm512_add_epi32(_mm512_add_epi32(low, _mm512_slli_epi32(high, 16)),
                                    _mm512_set1_epi32(kHalf));
  return _mm512_srai_epi32(sum, 22);
}

/// Four output pixels an iteration, one in each quarter of the registers.
template <int channels>
MONO_AVX512 void horizontal(const uint8_t* in, const AxisWeights& axis, uint8_t* out) {
  const auto first_pair = pair_shuffle<channels>(0);
  const auto second_pair = pair_shuffle<channels>(2 * channels);
  const auto spread = _mm512_setr_epi32(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
  const auto drop_fourth = _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 3, 7, 11, 15);
  const auto four_weights = [&](const int32_t* from) MONO_AVX512 {
    return _mm512_permutexvar_epi32(spread, _mm512_castsi128_si512(load16(from)));
  };
  const int32_t* low_weights = axis.low.data();
  const int32_t* high_weights = axis.high.data();
  for (int x = 0; x < axis.out_size; x += kGroup, out += ptrdiff_t{kGroup} * channels) {
    const uint8_t* from[kGroup];
    for (int j = 0; j < kGroup; ++j) {
      from[j] = in + static_cast<size_t>(axis.first[x + j]) * channels;
    }
    auto low = _mm512_setzero_si512();
    auto high = _mm512_setzero_si512();
    for (int pair = 0; pair < axis.num_pairs; pair += 2) {
      const size_t at = static_cast<size_t>(pair) * 2 * channels;
      auto four = _mm512_castsi128_si512(load16(from[0] + at));
      four = _mm512_inserti32x4(four, load16(from[1] + at), 1);
      four = _mm512_inserti32x4(four, load16(from[2] + at), 2);
      four = _mm512_inserti32x4(four, load16(from[3] + at), 3);
      for (const auto& places : {first_pair, second_pair}) {
        const auto pixels = _mm512_shuffle_epi8(four, places);
        low = _mm512_add_epi32(low, _mm512_madd_epi16(pixels, four_weights(low_weights)));
        high = _mm512_add_epi32(high, _mm512_madd_epi16(pixels, four_weights(high_weights)));
        low_weights += kGroup;
        high_weights += kGroup;
      }
    }
    const auto sums = _mm512_max_epi32(finished(low, high), _mm512_setzero_si512());
    auto bytes = _mm512_cvtusepi32_epi8(sums);
    if (channels == 3) bytes = _mm_shuffle_epi8(bytes, drop_fourth);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes);
  }
}

}  // namespace

MONO_AVX512 void horizontal_avx512(const uint8_t* in, const AxisWeights& axis, int channels,
                                   uint8_t* out) {
  channels == 3 ? horizontal<3>(in, axis, out) : horizontal<4>(in, axis, out);
}

MONO_AVX512 void vertical_avx512(const RowTaps& taps, size_t num_bytes, uint8_t* out) {
  const auto zero = _mm512_setzero_si512();
  for (size_t i = 0; i < num_bytes; i += 64) {
    const size_t left = num_bytes - i;
    const __mmask64 mask = left >= 64 ? ~__mmask64{0} : (__mmask64{1} << left) - 1;
    __m512i low[4] = {zero, zero, zero, zero};
    __m512i high[4] = {zero, zero, zero, zero};
    for (int k = 0; k < taps.count; k += 2) {
      const auto low_pair = _mm512_set1_epi32(taps.pairs[k / 2].low);
      const auto high_pair = _mm512_set1_epi32(taps.pairs[k / 2].high);
      const auto a = _mm512_maskz_loadu_epi8(mask, taps.rows[k] + i);
      const auto b = _mm512_maskz_loadu_epi8(mask, taps.rows[k + 1] + i);
      const auto front = _mm512_unpacklo_epi8(a, b);
      const auto back = _mm512_unpackhi_epi8(a, b);
      const __m512i words[4] = {_mm512_unpacklo_epi8(front, zero),
                                _mm512_unpackhi_epi8(front, zero), _mm512_unpacklo_epi8(back, zero),
                                _mm512_unpackhi_epi8(back, zero)};
      for (int j = 0; j < 4; ++j) {
        low[j] = _mm512_add_epi32(low[j], _mm512_madd_epi16(words[j], low_pair));
        high[j] = _mm512_add_epi32(high[j], _mm512_madd_epi16(words[j], high_pair));
      }
    }
    const auto front = _mm512_packs_epi32(finished(low[0], high[0]), finished(low[1], high[1]));
    const auto back = _mm512_packs_epi32(finished(low[2], high[2]), finished(low[3], high[3]));
    _mm512_mask_storeu_epi8(out + i, mask, _mm512_packus_epi16(front, back));
  }
}

}  // namespace mono::model::resampling
