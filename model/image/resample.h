#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/image/resize.h"

/// The two passes behind `resize` and `cut_tiles`, on bytes with 3 or 4 channels.
namespace mono::model::resampling {

/// Output pixels whose weights lie together in AxisWeights::low and high.
inline constexpr int kGroup = 4;

/// Two weights for one SIMD lane, cut so that 16-bit products suffice:
/// weight = 65536 * high + low, low signed; the first weight in the lower half of each field.
struct SplitPair {
  int32_t low = 0;
  int32_t high = 0;
};
SplitPair split_pair(int32_t first, int32_t second);

/// Which input pixels make each output pixel along one axis, and with what weight: an integer of 22
/// fractional bits.
struct AxisWeights {
  int in_size = 0;
  int out_size = 0;
  int max_taps = 0;                // largest count
  int num_pairs = 0;               // an even number of pairs that holds max_taps
  std::vector<int> first{};        // [out_size, to a multiple of kGroup] first input pixel
  std::vector<int> count{};        // [out_size] number of input pixels
  std::vector<int32_t> weights{};  // [out_size, 2 * num_pairs], zero after count
  std::vector<SplitPair> pairs{};  // [out_size, num_pairs]
  std::vector<int32_t> low{};      // [ceil(out_size / kGroup), num_pairs, kGroup] of pairs
  std::vector<int32_t> high{};     // likewise
};

/// Real weights of one output pixel: those of `count` input pixels from `first` on, summing to 1.
struct Taps {
  int first = 0;
  int count = 0;
};
Taps real_weights(int in_size, int out_size, Filter filter, int index,
                  std::vector<double>& weights);

AxisWeights axis_weights(int in_size, int out_size, Filter filter);

/// Bytes behind its input row that a horizontal pass may read.
size_t read_margin(const AxisWeights& axis, int channels);
/// Bytes behind its output row that a horizontal pass may overwrite.
inline constexpr size_t kWriteMargin = 64;

/// One row: in [in_size, channels], out [out_size, channels], both with their margins.
using HorizontalPass = void (*)(const uint8_t* in, const AxisWeights& axis, int channels,
                                uint8_t* out);

/// What makes one output row.
struct RowTaps {
  const uint8_t* const* rows = nullptr;  // [count rounded up to even]
  const int32_t* weights = nullptr;      // [count]
  const SplitPair* pairs = nullptr;      // [ceil(count / 2)]
  int count = 0;
};
/// out[i] = clip((2^21 + sum over t of weights[t] * rows[t][i]) >> 22), i < num_bytes.
using VerticalPass = void (*)(const RowTaps& taps, size_t num_bytes, uint8_t* out);

struct Passes {
  HorizontalPass horizontal = nullptr;
  VerticalPass vertical = nullptr;
};

void horizontal_scalar(const uint8_t* in, const AxisWeights& axis, int channels, uint8_t* out);
void horizontal_avx2(const uint8_t* in, const AxisWeights& axis, int channels, uint8_t* out);
void horizontal_avx512(const uint8_t* in, const AxisWeights& axis, int channels, uint8_t* out);
void vertical_scalar(const RowTaps& taps, size_t num_bytes, uint8_t* out);
void vertical_avx2(const RowTaps& taps, size_t num_bytes, uint8_t* out);
void vertical_avx512(const RowTaps& taps, size_t num_bytes, uint8_t* out);

Passes passes(Instructions instructions);
/// The fastest this processor can run.
Passes best_passes();

/// What is resized, into what, and how the result is laid out.
struct Job {
  const uint8_t* in = nullptr;  // [in_height, in_width, channels]
  int in_width = 0;
  int in_height = 0;
  int channels = 3;
  int out_width = 0;
  int out_height = 0;
  Filter filter = Filter::kBicubic;
  int tile_width = 0;   // divides out_width
  int tile_height = 0;  // divides out_height
};

/// Runs both passes, horizontal first, and stores the result tile after tile, row by row.
/// \param out  [num_tiles, tile_height, tile_width, channels]; one tile is a plain resize.
void resample(const Job& job, const Passes& passes, uint8_t* out);

}  // namespace mono::model::resampling
