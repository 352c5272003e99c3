#include "kernels/layer_norm_launch.h"
#include "tests/launch_checks/all.h"
#include "tests/launch_checks/launch_checks.h"

namespace mono::launch_checks {
namespace {

constexpr float kEpsilon = 1e-6F;

/// (x - mean) / deviation
std::vector<double> normalised(std::vector<double> row) {
  double mean = 0;
  for (const double value : row) mean += value / static_cast<double>(row.size());
  double variance = 0;
  for (const double value : row) {
    variance += (value - mean) * (value - mean) / static_cast<double>(row.size());
  }
  for (double& value : row) value = (value - mean) / std::sqrt(variance + kEpsilon);
  return row;
}

template <typename T>
bool check_case(size_t width, bool has_delta, bool is_fast) {
  constexpr size_t kRows = 3;
  const auto x = normal_values<T>(kRows * width, 1);
  const auto delta = normal_values<T>(kRows * width, 2);
  const auto scale = normal_values<T>(width, 3);
  const auto weight = normal_values<T>(width, 4);
  const auto bias = normal_values<T>(width, 5);
  const OnDevice<T> x_there(x), delta_there(delta), scale_there(scale), weight_there(weight),
      bias_there(bias), out_there(poison<T>(kRows * width));
  const kernels::LayerNormArguments<T> arguments{.x = x_there.data(),
                                                 .residual = has_delta ? x_there.data() : nullptr,
                                                 .delta = has_delta ? delta_there.data() : nullptr,
                                                 .scale = scale_there.data(),
                                                 .weight = weight_there.data(),
                                                 .bias = bias_there.data(),
                                                 .out = out_there.data(),
                                                 .num_rows = kRows,
                                                 .width = static_cast<int64_t>(width),
                                                 .epsilon = kEpsilon,
                                                 .is_fast = is_fast};
  if (!kernels::launch_layer_norm(arguments, nullptr)) return false;

  std::vector<double> sums, norms;
  for (size_t row = 0; row < kRows; ++row) {
    std::vector<double> sum(width);
    for (size_t i = 0; i < width; ++i) {
      const size_t at = row * width + i;
      sum[i] = to_double(x[at]);
      if (has_delta) {
        const float product = static_cast<float>(delta[at]) * static_cast<float>(scale[i]);
        const float exact = static_cast<float>(x[at]) + (is_fast ? product : round_to<T>(product));
        sums.push_back(round_to<T>(exact));
        sum[i] = is_fast ? exact : sums.back();
      } else {
        sums.push_back(sum[i]);
      }
    }
    const auto norm = normalised(sum);
    for (size_t i = 0; i < width; ++i) {
      norms.push_back(norm[i] * to_double(weight[i]) + to_double(bias[i]));
    }
  }
  return is_near("residual", x_there.read(), sums, 0) &&
         is_near("norm", out_there.read(), norms, 2 * kTolerance<T>);
}

}  // namespace

bool check_layer_norm() {
  bool is_right = true;
  for (const size_t width : {24U, 50U, 1024U, 3200U, 8192U}) {
    for (const bool has_delta : {true, false}) {
      for (const bool is_fast : {true, false}) {
        is_right &= check_case<float>(width, has_delta, is_fast) &&
                    check_case<__nv_bfloat16>(width, has_delta, is_fast);
      }
    }
  }
  return is_right;
}

}  // namespace mono::launch_checks
