#pragma once

#include <ATen/ATen.h>
#include <fmt/format.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "evaluator/bench/kernel_cases.h"

namespace mono::bench {

inline constexpr int64_t kPromptRows = 7 * 256 + 64;

/// Makes the tensors and cases of one device and dtype.
class CaseMaker {
 public:
  CaseMaker(at::Device device, at::ScalarType dtype) : device_(device), dtype_(dtype) {}

  double value_size() const { return static_cast<double>(c10::elementSize(dtype_)); }
  at::Device device() const { return device_; }
  at::TensorOptions options(at::ScalarType dtype) const {
    return at::TensorOptions(device_).dtype(dtype);
  }

  at::Tensor random(at::IntArrayRef sizes) const { return at::randn(sizes, options(dtype_)); }

  /// For results: what is not written stays NaN, and no check takes it.
  at::Tensor blank(at::IntArrayRef sizes) const {
    return at::full(sizes, std::numeric_limits<double>::quiet_NaN(), options(dtype_));
  }
  at::Tensor ints(int64_t count, int64_t value) const {
    return at::full({count}, value, options(at::kInt));
  }
  at::Tensor numbers(int64_t count) const { return at::arange(count, options(at::kInt)); }
  at::Tensor permutation(int64_t count) const {
    return at::randperm(count, at::kLong).to(device_, at::kInt);
  }

  /// An outcome of arithmetic in the dtype.
  /// \param factor  by how much more it may be off, where rounded terms cancel
  Outcome close(const at::Tensor& buffer, const at::Tensor& expected, double factor = 1) const {
    return outcome_in(buffer, expected, factor * tolerance_of(dtype_));
  }

  /// An operator that only moves values: `num_values` of the dtype.
  KernelCase moving(const char* name, const std::string& shape, int64_t num_values,
                    std::function<PreparedCall()> prepare) const {
    return {.name = name,
            .shape = shape,
            .work = {.bytes = value_size() * static_cast<double>(num_values)},
            .prepare = std::move(prepare)};
  }

 private:
  at::Device device_;
  at::ScalarType dtype_;
};

inline at::Tensor in_double(const at::Tensor& tensor) {
  return tensor.to(at::kDouble);
}

inline std::string shape_of(int64_t rows, int64_t width) {
  return fmt::format("[{}, {}]", rows, width);
}

}  // namespace mono::bench
