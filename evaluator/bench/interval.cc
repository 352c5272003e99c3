#include "evaluator/bench/interval.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "model/adapter.h"

namespace mono::bench {
namespace {

/// P(Binomial(n, 1/2) = k), by logarithms: 2^-n is no double from n = 1075 on.
double binomial_probability(size_t n, size_t k) {
  const auto log_factorial = [](size_t i) { return std::lgamma(static_cast<double>(i) + 1); };
  return std::exp(log_factorial(n) - log_factorial(k) - log_factorial(n - k) -
                  static_cast<double>(n) * std::numbers::ln2);
}

struct Rank {
  size_t rank = 0;      // from 1; 0: none
  double coverage = 0;  // between this rank and its mirror
};

Rank lower_rank(size_t n) {
  constexpr double kTail = 0.025;
  Rank found;
  double below = 0;  // P(X < r)
  for (size_t r = 1; r <= n; ++r) {
    below += binomial_probability(n, r - 1);
    if (below > kTail) break;
    found = {.rank = r, .coverage = 1 - 2 * below};
  }
  return found;
}

}  // namespace

MedianInterval median_interval(std::vector<double> values) {
  if (values.empty()) model::fail("median_interval: expected at least one value, got none");
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  const double median = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
  const auto [rank, coverage] = lower_rank(n);
  if (rank == 0) {
    constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
    return {.median = median, .low = kNone, .high = kNone};
  }
  return {
      .median = median, .low = values[rank - 1], .high = values[n - rank], .coverage = coverage};
}

std::string shown(const MedianInterval& value, int decimals) {
  if (!value.has_interval()) return fmt::format("{:.{}f} [-]", value.median, decimals);
  return fmt::format("{:.{}f} [{:.{}f}, {:.{}f}]", value.median, decimals, value.low, decimals,
                     value.high, decimals);
}

std::string interval_legend(size_t num_values) {
  const auto [rank, coverage] = lower_rank(num_values);
  if (rank == 0) {
    return fmt::format("medians of {} rounds; an interval needs {}\n", num_values,
                       kLeastForInterval);
  }
  return fmt::format("medians of {} rounds [interval of {:.1f} % confidence]\n", num_values,
                     coverage * 100);
}

}  // namespace mono::bench
