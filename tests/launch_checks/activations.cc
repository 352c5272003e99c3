#include "kernels/gelu_bias_launch.h"
#include "kernels/swiglu_launch.h"
#include "tests/launch_checks/all.h"
#include "tests/launch_checks/launch_checks.h"

namespace mono::launch_checks {
namespace {

constexpr size_t kRows = 3;

// gate | up in one product; out with a distance between its rows.
template <typename T>
bool check_swiglu_case(size_t width, bool is_fast) {
  const size_t out_distance = width + 16;
  const auto gate_up = normal_values<T>(kRows * 2 * width, 1);
  const OnDevice<T> gate_up_there(gate_up);
  const OnDevice<T> out_there(std::vector<T>(kRows * out_distance, static_cast<T>(7.0F)));
  kernels::launch_swiglu(
      kernels::SwigluArguments<T>{.gate = gate_up_there.data(),
                                  .up = gate_up_there.data() + width,
                                  .out = out_there.data(),
                                  .gate_distance = static_cast<int64_t>(2 * width),
                                  .up_distance = static_cast<int64_t>(2 * width),
                                  .out_distance = static_cast<int64_t>(out_distance),
                                  .num_rows = kRows,
                                  .width = static_cast<int64_t>(width),
                                  .is_fast = is_fast},
      nullptr);
  std::vector<double> expected(kRows * out_distance, 7);
  for (size_t row = 0; row < kRows; ++row) {
    for (size_t i = 0; i < width; ++i) {
      const double gate = to_double(gate_up[2 * row * width + i]);
      const double up = to_double(gate_up[(2 * row + 1) * width + i]);
      expected[row * out_distance + i] = gate / (1 + std::exp(-gate)) * up;
    }
  }
  return is_near("swiglu", out_there.read(), expected, kTolerance<T>);
}

template <typename T>
bool check_gelu_case(size_t width, bool has_bias, bool is_fast) {
  const auto x = normal_values<T>(kRows * width, 2);
  const auto bias = normal_values<T>(width, 3);
  const OnDevice<T> x_there(x), bias_there(bias), out_there(poison<T>(kRows * width));
  kernels::launch_gelu_bias(
      kernels::GeluBiasArguments<T>{.x = x_there.data(),
                                    .bias = has_bias ? bias_there.data() : nullptr,
                                    .out = out_there.data(),
                                    .num_rows = kRows,
                                    .width = static_cast<int64_t>(width),
                                    .is_fast = is_fast},
      nullptr);
  std::vector<double> expected(kRows * width);
  for (size_t i = 0; i < expected.size(); ++i) {
    const double value = to_double(x[i]) + (has_bias ? to_double(bias[i % width]) : 0);
    expected[i] = 0.5 * value * (1 + std::erf(value / std::sqrt(2.0)));
  }
  return is_near("gelu", out_there.read(), expected, kTolerance<T>);
}

}  // namespace

bool check_swiglu() {
  bool is_right = true;
  for (const size_t width : {8U, 13U, 96U, 4864U}) {
    for (const bool is_fast : {true, false}) {
      is_right &= check_swiglu_case<float>(width, is_fast) &&
                  check_swiglu_case<__nv_bfloat16>(width, is_fast);
    }
  }
  return is_right;
}

bool check_gelu_bias() {
  bool is_right = true;
  for (const size_t width : {8U, 13U, 4096U}) {
    for (const bool has_bias : {true, false}) {
      for (const bool is_fast : {true, false}) {
        is_right &= check_gelu_case<float>(width, has_bias, is_fast) &&
                    check_gelu_case<__nv_bfloat16>(width, has_bias, is_fast);
      }
    }
  }
  return is_right;
}

}  // namespace mono::launch_checks
