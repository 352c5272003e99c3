#include "evaluator/bench/interval.h"

#include <algorithm>
#include <cmath>

#include "model/adapter.h"

namespace mono::bench {
namespace {

/// The largest r with P(Binomial(n, 1/2) < r) <= 0.025, at least 1.
size_t lower_rank(size_t n) {
  constexpr double kTail = 0.025;
  double below = 0;  // P(X < r)
  double term = std::pow(0.5, static_cast<double>(n));
  for (size_t r = 1; r <= n; ++r) {
    below += term;
    if (below > kTail) return std::max<size_t>(1, r - 1);
    term *= static_cast<double>(n - r + 1) / static_cast<double>(r);
  }
  return 1;
}

}  // namespace

MedianInterval median_interval(std::vector<double> values) {
  if (values.empty()) model::fail("median_interval: expected at least one value, got none");
  std::sort(values.begin(), values.end());
  const size_t n = values.size();
  const size_t rank = lower_rank(n);
  const double median = n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
  return {.median = median, .low = values[rank - 1], .high = values[n - rank]};
}

}  // namespace mono::bench
