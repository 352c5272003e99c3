#pragma once

#include <cstdint>

namespace mono::kernels {

/// Why a row of a decoding batch has ended.
enum class RowStatus : int32_t {
  kRunning = 0,
  kStopToken = 1,  // its newest token is one of its stop ids
  kLength = 2,     // it has max_new tokens
  kNoNumber = 3,   // no logit was a number, or (when sampling) the largest was infinite
};

}  // namespace mono::kernels
