#include "kernels/few_row_linear_launch.h"

#include "tests/launch_checks/all.h"
#include "tests/launch_checks/launch_checks.h"

namespace mono::launch_checks {
namespace {

using T = __nv_bfloat16;

struct Shape {
  size_t m, n, k;
  size_t x_distance, y_distance;
  bool has_bias;
};

/// Row i of `values` behind row i - 1, `distance` apart, the rest poison.
std::vector<T> spread(const std::vector<T>& values, size_t rows, size_t width, size_t distance) {
  auto result = poison<T>(rows * distance);
  for (size_t i = 0; i < rows * width; ++i) {
    result[i / width * distance + i % width] = values[i];
  }
  return result;
}

std::vector<double> expected_of(const Shape& s, const std::vector<T>& x, const std::vector<T>& w,
                                const std::vector<T>& bias) {
  std::vector<double> expected(s.m * s.n);
  for (size_t i = 0; i < s.m; ++i) {
    for (size_t j = 0; j < s.n; ++j) {
      double sum = s.has_bias ? to_double(bias[j]) : 0;
      for (size_t k = 0; k < s.k; ++k) sum += to_double(x[i * s.k + k]) * to_double(w[j * s.k + k]);
      expected[i * s.n + j] = sum;
    }
  }
  return expected;
}

std::vector<T> product(const Shape& s, const std::vector<T>& x, const std::vector<T>& w,
                       const std::vector<T>& bias) {
  const OnDevice<T> x_there(spread(x, s.m, s.k, s.x_distance)), w_there(w), bias_there(bias);
  const OnDevice<T> y_there(poison<T>(s.m * s.y_distance));
  const bool is_started =
      kernels::launch_few_row_linear({.x = x_there.data(),
                                      .weight = w_there.data(),
                                      .bias = s.has_bias ? bias_there.data() : nullptr,
                                      .y = y_there.data(),
                                      .x_distance = static_cast<int64_t>(s.x_distance),
                                      .weight_distance = static_cast<int64_t>(s.k),
                                      .y_distance = static_cast<int64_t>(s.y_distance),
                                      .m = static_cast<int>(s.m),
                                      .n = static_cast<int>(s.n),
                                      .k = static_cast<int>(s.k),
                                      .has_settled_weight = s.m % 2 == 0},
                                     nullptr);
  if (!is_started) return {};
  const auto y = y_there.read();
  std::vector<T> dense;
  dense.reserve(s.m * s.n);
  for (size_t i = 0; i < s.m * s.n; ++i) dense.push_back(y[i / s.n * s.y_distance + i % s.n]);
  return dense;
}

bool check_shape(const Shape& s) {
  const auto x = normal_values<T>(s.m * s.k, 1);
  auto w = normal_values<T>(s.n * s.k, 2);
  for (T& value : w) value = static_cast<T>(static_cast<float>(value) / std::sqrt(float(s.k)));
  const auto bias = normal_values<T>(s.n, 3);
  const auto y = product(s, x, w, bias);
  bool is_right = is_near("few_row_linear", y, expected_of(s, x, w, bias), kTolerance<T>);

  // The last row alone, and no more columns than it takes to see them: the same bits.
  const std::vector<T> last(x.end() - static_cast<std::ptrdiff_t>(s.k), x.end());
  Shape one = s;
  one.m = 1;
  one.n = std::min<size_t>(s.n, 48);
  const auto alone = product(one, last, w, bias);
  for (size_t j = 0; is_right && j < one.n; ++j) {
    is_right = to_double(alone[j]) == to_double(y[(s.m - 1) * s.n + j]);
    if (!is_right) std::printf("  few_row_linear: row %zu alone has other bits\n", s.m - 1);
  }
  return is_right;
}

/// The gated product against both halves' products, rounded and gated here.
bool check_gated(size_t m, size_t width, size_t k) {
  const auto x = normal_values<T>(m * k, 1);
  auto w = normal_values<T>(2 * width * k, 2);
  for (T& value : w) value = static_cast<T>(static_cast<float>(value) / std::sqrt(float(k)));
  const auto both = product({m, 2 * width, k, k, 2 * width, false}, x, w, w);
  std::vector<double> expected;
  for (size_t i = 0; i < m * width; ++i) {
    const size_t at = i / width * 2 * width + i % width;
    const double gate = to_double(both[at]);
    expected.push_back(gate / (1 + std::exp(-gate)) * to_double(both[at + width]));
  }
  const OnDevice<T> x_there(x), w_there(w), y_there(poison<T>(m * width));
  return kernels::launch_few_row_linear({.x = x_there.data(),
                                         .weight = w_there.data(),
                                         .y = y_there.data(),
                                         .x_distance = static_cast<int64_t>(k),
                                         .weight_distance = static_cast<int64_t>(k),
                                         .y_distance = static_cast<int64_t>(width),
                                         .m = static_cast<int>(m),
                                         .n = static_cast<int>(width),
                                         .k = static_cast<int>(k),
                                         .has_settled_weight = true,
                                         .is_gated = true},
                                        nullptr) &&
         is_near("few_row_linear, gated", y_there.read(), expected, kTolerance<T>);
}

}  // namespace

bool check_few_row_linear() {
  bool is_right = true;
  for (const size_t m : {1, 8, 9, 16, 30, 33, 64}) {
    is_right &= check_shape({m, 48, 512, 512, 48, false});
    is_right &= check_shape({m, 37, 96, 104, 41, true});
    is_right &= check_gated(m, 37, 96) && check_gated(m, 64, 512);
  }
  // So many weight rows that from 9 rows on a block takes two tiles.
  is_right &= check_shape({12, 8192, 32, 32, 8192, false}) &&
              check_shape({20, 8201, 64, 64, 8208, true}) &&
              check_shape({40, 8192, 32, 32, 8192, false});
  // So long that x is staged, if it has few rows: the last of several, alone, always is.
  for (const size_t m : {1, 4, 5, 9}) {
    is_right &= check_shape({m, 20, 2048, 2056, 24, true}) && check_gated(m, 12, 2048);
  }
  for (const size_t m : {1, 3}) is_right &= check_shape({m, 16, 8192, 8200, 16, false});
  const auto x = normal_values<T>(48, 1);
  if (!product({1, 1, 48, 48, 1, false}, x, x, x).empty()) {
    std::printf("  few_row_linear: 48 is no multiple of 32, yet it started\n");
    is_right = false;
  }
  return is_right;
}

}  // namespace mono::launch_checks
