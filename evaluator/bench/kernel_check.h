#pragma once

#include <ATen/core/Tensor.h>

#include <functional>
#include <string>

namespace mono::bench {

/// A tensor that an operator left behind and what it must be.
struct Outcome {
  std::function<at::Tensor()> actual{};
  at::Tensor expected{};
  double tolerance = 0;  // 0: the same bits
};

/// An outcome that `buffer` will hold.
Outcome outcome_in(const at::Tensor& buffer, const at::Tensor& expected, double tolerance);

/// What two roundings to the dtype and sums of a few thousand products may be off.
double tolerance_of(at::ScalarType dtype);

/// How an outcome differs from what was expected, "" where it does not. Values agree where
///
///   |actual - expected| <= tolerance (|expected| + sqrt(mean(expected^2)))
///
/// so that a NaN never does.
std::string fault_of(const Outcome& outcome);

}  // namespace mono::bench
