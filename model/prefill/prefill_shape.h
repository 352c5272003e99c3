#pragma once

#include <cstddef>
#include <cstdint>
#include <tuple>

/// Which prompts a recorded prefill serves. Free of Torch.
namespace mono::model {

/// The prompts of so many tiles and as many tokens, or up to kPrefillGrain - 1 fewer.
struct PrefillShape {
  int64_t num_tiles = 0;
  int64_t num_rows = 0;  // tokens, with the padding behind them

  bool operator<(const PrefillShape& other) const {
    return std::tie(num_tiles, num_rows) < std::tie(other.num_tiles, other.num_rows);
  }
};

/// Attention in blocks and plans of products are for as many rows.
inline constexpr int64_t kPrefillGrain = 64;

/// Longer prompts keep a GPU busy while the host starts the next kernels.
inline constexpr int64_t kMostPrefillRows = 4096;

inline PrefillShape prefill_shape(int64_t num_tiles, int64_t num_tokens) {
  return {.num_tiles = num_tiles,
          .num_rows = (num_tokens + kPrefillGrain - 1) / kPrefillGrain * kPrefillGrain};
}

/// When a shape is recorded. Recording takes as long as reading a few prompts.
struct RecordingRules {
  int asks = 2;             // from this one on, where there is room
  int asks_when_full = 16;  // where another record, unused for longest, has to go
  size_t most_records = 32;
};

}  // namespace mono::model
