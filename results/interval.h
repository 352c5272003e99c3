#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "results/paired_test.h"
#include "results/statistics.h"

namespace mono::results {

/// One cluster's part of a ratio of sums, Σ numerator / Σ denominator. A mean over rows in clusters
/// is such a ratio: the sum of a cluster's rows, and how many they are.
struct RatioTerm {
  double numerator = 0;
  double denominator = 1;
  bool operator<(const RatioTerm& other) const {
    return std::pair(numerator, denominator) < std::pair(other.numerator, other.denominator);
  }
};

/// Σ numerator / Σ denominator.
/// \throws SetupError if there is no term, one is not finite, or the denominators add to 0.
double ratio(std::span<const RatioTerm> terms);

/// The standard error of a ratio of sums whose terms are independent.
///
///   SE² = C / (C - 1) · Σ_c (x_c - r y_c)² / (Σ_c y_c)²,  r = Σ x_c / Σ y_c
///
/// For the mean of rows in clusters this is the cluster-robust error with its small-sample factor
/// (Liang & Zeger 1986, doi:10.1093/biomet/73.1.13), as in `clustered_standard_error`.
/// \returns nothing for fewer than two terms.
/// \throws SetupError as `ratio`.
std::optional<double> ratio_standard_error(std::span<const RatioTerm> terms);

/// An interval and what it is.
struct RatioInterval {
  Interval interval{};
  bool is_bootstrap = false;  // else the normal limit
  bool operator==(const RatioInterval&) const = default;
};

/// The interval of a ratio of sums: percentiles of the bootstrap over terms, drawn with replacement
/// (Efron & Tibshirani 1993, section 13.3); beyond `Resampling::max_sampled` terms, where the two
/// cannot be told apart, the normal interval of `ratio_standard_error`.
///
/// \param level  Coverage, between 0 and 1.
/// \returns nothing for fewer than two terms.
/// \throws SetupError as `ratio`, or for an impossible level.
std::optional<RatioInterval> ratio_interval(std::span<const RatioTerm> terms, double level,
                                            const Resampling& resampling = {});

/// The standard normal's quantile.
/// \param p  strictly between 0 and 1.
/// \throws SetupError otherwise.
double normal_quantile(double p);

}  // namespace mono::results
