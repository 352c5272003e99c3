#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "kernels/row_status.h"

/// The numbers of a `DecodeBatch` that differ from step to step, and how its steps are rounded up.
/// Free of Torch.
namespace mono::model {

/// Written before a step, one of each for a row; the last two are also read after it. Where a step
/// is started before the choices of the one before it are read, its tokens are those choices, and
/// what the host writes lies between kToken and kChosen.
enum DecodeNumber : int64_t {
  kToken,
  kSource,  // row of the step before whose choice kToken becomes
  kSlot,
  kPosition,
  kLength,
  kAngle,
  kNumNew,
  kStatus,
  kChosen,
  kNumDecodeNumbers
};

enum CachePart : int64_t { kKeys, kValues };

inline constexpr auto kRowRuns = static_cast<int32_t>(kernels::RowStatus::kRunning);
inline constexpr auto kRowIsPadding = static_cast<int32_t>(kernels::RowStatus::kLength);
inline constexpr auto kRowHasNoNumber = static_cast<int32_t>(kernels::RowStatus::kNoNumber);

/// Rows of the step that takes `count` of them: a power of two.
inline int64_t decode_rows(int64_t count) {
  return static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(count)));
}

/// The bound of the step whose longest sequence has `length` tokens: a power of two from 1024 on,
/// at most the capacity.
inline int64_t decode_length(int64_t length, int64_t capacity) {
  constexpr int64_t kLeast = 1024;
  return std::min(std::max(kLeast, decode_rows(length)), capacity);
}

}  // namespace mono::model
