#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace mono::results {

/// Two-sided 95 % of the normal distribution, in standard deviations.
inline constexpr double kZ95 = 1.959963984540054;

struct Interval {
  double low = 0;
  double high = 0;
  bool operator==(const Interval&) const = default;
};

/// The mean of scores [num_samples]: s̄ = Σ s_i / n.
/// \throws SetupError if there is none or one is not finite.
double mean(std::span<const double> scores);

/// The standard error of that mean by the central limit theorem.
///
///   SE = sqrt( Σ (s_i - s̄)² / (n - 1) / n )
///
/// \returns nothing for a single score.
/// \throws SetupError as `mean`.
/// Formula: Miller 2024, arXiv:2411.00640, section 2.
std::optional<double> standard_error(std::span<const double> scores);

/// The standard error where scores of one cluster (an image, a passage) are not independent.
///
///   SE² = C / (C - 1) · Σ_c (Σ_{i in c} (s_i - s̄))² / n²
///
/// Clusters of one score each give `standard_error`.
/// \param clusters  [num_samples]; the cluster each score belongs to.
/// \returns nothing for fewer than two clusters.
/// \throws SetupError as `mean`, or if the lengths differ.
/// Formula: Liang & Zeger 1986, doi:10.1093/biomet/73.1.13, for a mean, with the small-sample
/// factor of statsmodels' `cov_type="cluster"`; Miller 2024, arXiv:2411.00640, section 2.2, has it
/// without.
std::optional<double> clustered_standard_error(std::span<const double> scores,
                                               std::span<const std::string> clusters);

/// The Wilson score interval of a proportion; inside [0, 1] and not empty at 0 or n successes.
///
///   ( p + z²/2n ± z sqrt( p(1-p)/n + z²/4n² ) ) / ( 1 + z²/n ),  p = successes / n
///
/// \throws SetupError unless 0 <= successes <= n and n > 0.
/// Formula: Wilson 1927, doi:10.1080/01621459.1927.10502953.
Interval wilson_interval(int64_t successes, int64_t n, double z = kZ95);

}  // namespace mono::results
