#pragma once

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>
#include <string>

namespace mono::tests {

/// How far a tensor may be from the reference's. Each limit is written so that NaN fails.
struct Limits {
  double relative = 0;    // norm(actual - expected) / norm(expected)
  double absolute = 0;    // largest difference; 0: not looked at
  double row_cosine = 0;  // least cosine of a row; 0: not looked at
};

/// The place of flat element `flat` in a tensor of shape `sizes`, as "[2, 0, 5]".
inline std::string place_of(int64_t flat, at::IntArrayRef sizes) {
  std::vector<int64_t> place(sizes.size());
  for (size_t i = sizes.size(); i-- > 0; flat /= sizes[i]) place[i] = flat % sizes[i];
  std::ostringstream out;
  out << at::IntArrayRef(place);
  return out.str();
}

/// The first element that is not a number or whose difference exceeds `limit`, and both values.
inline std::string first_difference(const at::Tensor& actual, const at::Tensor& expected,
                                    double limit) {
  const auto is_fine = (actual - expected).abs() <= limit;  // false for NaN
  const auto places = is_fine.logical_not().flatten().nonzero();
  if (places.numel() == 0) return "spread over all elements";
  const int64_t flat = places[0].item<int64_t>();
  std::ostringstream out;
  out.precision(9);
  out << "first at " << place_of(flat, expected.sizes()) << ": expected "
      << expected.flatten()[flat].item<double>() << ", got "
      << actual.flatten()[flat].item<double>();
  return out.str();
}

/// norm(actual - expected) / norm(expected), in double.
inline double relative_difference(const at::Tensor& actual, const at::Tensor& expected) {
  const auto exact = expected.to(at::kDouble);
  return (actual.to(at::kDouble) - exact).norm().item<double>() / exact.norm().item<double>();
}

/// The least cosine between a row of the one and the same row of the other, in double.
inline double least_row_cosine(const at::Tensor& actual, const at::Tensor& expected) {
  const auto rows_of = [](const at::Tensor& tensor) {
    return tensor.to(at::kDouble).reshape({-1, tensor.size(-1)});
  };
  return at::cosine_similarity(rows_of(actual), rows_of(expected), 1).min().item<double>();
}

/// Fails with the stage and the first differing place unless `actual` is within `limits`.
inline void expect_close(const std::string& stage, const at::Tensor& actual_any,
                         const at::Tensor& expected_any, const Limits& limits) {
  ASSERT_EQ(actual_any.sizes(), expected_any.sizes()) << stage;
  const auto actual = actual_any.cpu().to(at::kDouble).contiguous();
  const auto expected = expected_any.cpu().to(at::kDouble).contiguous();
  if (expected.numel() == 0) return;
  const double relative = relative_difference(actual, expected);
  const double root_mean_square =
      expected.norm().item<double>() / std::sqrt(static_cast<double>(expected.numel()));
  EXPECT_LE(relative, limits.relative)
      << stage << ": relative L2 difference; "
      << first_difference(actual, expected, limits.relative * root_mean_square);
  if (limits.absolute > 0) {
    const double largest = (actual - expected).abs().max().item<double>();
    EXPECT_LE(largest, limits.absolute)
        << stage << ": largest difference; " << first_difference(actual, expected, limits.absolute);
  }
  if (limits.row_cosine > 0) {
    EXPECT_GE(least_row_cosine(actual, expected), limits.row_cosine)
        << stage << ": cosine of a row";
  }
}

}  // namespace mono::tests
