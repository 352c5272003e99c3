#include "kernels/add_rms_norm_launch.h"
#include "kernels/rms_norm_launch.h"
#include "tests/launch_checks/all.h"
#include "tests/launch_checks/launch_checks.h"

namespace mono::launch_checks {
namespace {

constexpr float kEpsilon = 1e-5F;

struct NormCase {
  int64_t hidden_size = 0;
  bool has_delta = true;
  bool is_fast = false;
};

double inverse_rms(const std::vector<double>& row) {
  double squares = 0;
  for (const double value : row) squares += value * value;
  return 1.0 / std::sqrt(squares / static_cast<double>(row.size()) + kEpsilon);
}

// Four residual rows; delta rows and out rows permuted, and residual row 2 wants no norm.
template <typename T>
bool check_case(const NormCase& sizes) {
  const std::vector<int32_t> delta_row = {3, 0, 1, 2};
  const std::vector<int32_t> out_row = {1, 2, -1, 0};
  const size_t hidden = static_cast<size_t>(sizes.hidden_size);
  const auto residual = normal_values<T>(4 * hidden, 1);
  const auto delta = normal_values<T>(4 * hidden, 2);
  const auto weight = normal_values<T>(hidden, 3);
  const OnDevice<T> residual_there(residual), delta_there(delta), weight_there(weight),
      out_there(poison<T>(3 * hidden));
  const OnDevice<int32_t> delta_row_there(delta_row), out_row_there(out_row);

  const kernels::AddRmsNormArguments<T> arguments{
      .residual = residual_there.data(),
      .delta = sizes.has_delta ? delta_there.data() : nullptr,
      .delta_row = delta_row_there.data(),
      .weight = weight_there.data(),
      .out_row = out_row_there.data(),
      .out = out_there.data(),
      .num_rows = 4,
      .hidden_size = sizes.hidden_size,
      .epsilon = kEpsilon,
      .is_fast = sizes.is_fast};
  if (!kernels::launch_add_rms_norm(arguments, nullptr)) return false;

  std::vector<double> sums(4 * hidden), norms(3 * hidden);
  for (size_t row = 0; row < 4; ++row) {
    std::vector<double> sum(hidden);
    for (size_t i = 0; i < hidden; ++i) {
      sum[i] = to_double(residual[row * hidden + i]);
      if (sizes.has_delta) {
        sum[i] += to_double(delta[static_cast<size_t>(delta_row[row]) * hidden + i]);
        sums[row * hidden + i] = round_to<T>(sum[i]);
        if (!sizes.is_fast) sum[i] = sums[row * hidden + i];
      } else {
        sums[row * hidden + i] = sum[i];
      }
    }
    if (out_row[row] < 0) continue;
    for (size_t i = 0; i < hidden; ++i) {
      norms[static_cast<size_t>(out_row[row]) * hidden + i] =
          to_double(weight[i]) * sum[i] * inverse_rms(sum);
    }
  }
  return is_near("residual", residual_there.read(), sums, 0) &&
         is_near("norm", out_there.read(), norms, 2 * kTolerance<T>);
}

template <typename T>
bool check_plain(int64_t hidden_size) {
  const size_t hidden = static_cast<size_t>(hidden_size);
  const auto x = normal_values<T>(3 * hidden, 4);
  const auto weight = normal_values<T>(hidden, 5);
  const OnDevice<T> x_there(x), weight_there(weight), out_there(poison<T>(3 * hidden));
  kernels::launch_rms_norm(x_there.data(), weight_there.data(), out_there.data(), 3, hidden_size,
                           kEpsilon, nullptr);
  std::vector<double> expected(3 * hidden);
  for (size_t row = 0; row < 3; ++row) {
    std::vector<double> values(hidden);
    for (size_t i = 0; i < hidden; ++i) values[i] = to_double(x[row * hidden + i]);
    const double scale = inverse_rms(values);
    for (size_t i = 0; i < hidden; ++i) {
      expected[row * hidden + i] = to_double(weight[i]) * values[i] * scale;
    }
  }
  return is_near("rms_norm", out_there.read(), expected, 2 * kTolerance<T>);
}

}  // namespace

bool check_add_rms_norm() {
  bool is_right = true;
  for (const int64_t hidden_size : {8, 20, 96, 896, 2048, 4864, 8960}) {
    for (const NormCase& sizes :
         {NormCase{hidden_size}, NormCase{hidden_size, true, true}, NormCase{hidden_size, false}}) {
      is_right &= check_case<float>(sizes) && check_case<__nv_bfloat16>(sizes);
    }
  }
  return is_right;
}

bool check_rms_norm() {
  return check_plain<float>(96) && check_plain<__nv_bfloat16>(2048) && check_plain<float>(7);
}

}  // namespace mono::launch_checks
