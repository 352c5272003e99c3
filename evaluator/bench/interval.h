#pragma once

#include <vector>

namespace mono::bench {

/// The median of paired measurements and where the true median lies with 95 % confidence, by order
/// statistics: no assumption about the distribution.
struct MedianInterval {
  double median = 0;
  double low = 0;  // the least value below six measurements: no interval is that narrow
  double high = 0;
};

/// \throws SetupError if there is no value.
/// Formula: Conover 1999, Practical Nonparametric Statistics, section 3.2: ranks r and n - r + 1
/// where P(Binomial(n, 1/2) < r) <= 0.025.
MedianInterval median_interval(std::vector<double> values);

}  // namespace mono::bench
