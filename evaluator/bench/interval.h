#pragma once

#include <string>
#include <vector>

namespace mono::bench {

/// The median of paired measurements and where the true median lies with at least 95 % confidence,
/// by order statistics: no assumption about the distribution.
struct MedianInterval {
  double median = 0;
  double low = 0;       // NaN where there is no interval
  double high = 0;      // likewise
  double coverage = 0;  // of [low, high], at least 0.95; 0 where there is none

  bool has_interval() const { return coverage > 0; }
};

/// Below so many values even the least and the largest do not hold the median with 95 %.
inline constexpr size_t kLeastForInterval = 6;

/// \throws SetupError if there is no value.
/// Formula: Conover 1999, Practical Nonparametric Statistics, section 3.2: ranks r and n - r + 1
/// with the largest r where P(Binomial(n, 1/2) < r) <= 0.025, if there is one.
MedianInterval median_interval(std::vector<double> values);

/// "12.35 [12.10, 12.60]", or "12.35 [-]" without an interval.
std::string shown(const MedianInterval& value, int decimals);

/// What a table's intervals are, for the line below it.
std::string interval_legend(size_t num_values);

}  // namespace mono::bench
