#pragma once

namespace mono::kernels {

/// Where the values between two steps of an operator are rounded to its dtype.
enum class Rounding {
  kParity,  // after each step, where the reference implementation rounds
  kFast,    // fp32 up to the result, which is rounded once
};

}  // namespace mono::kernels
