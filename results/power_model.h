#pragma once

#include <cstdint>
#include <span>

#include "results/detectable.h"

namespace mono::results {

/// Clusters that change at random, most of them for the worse.
struct Direction {
  int64_t num_clusters = 0;
  double rate = 0;    // probability that a cluster changes
  double loss = 0.5;  // probability that a change is a loss
};

/// The power of the one-sided exact test where all changes are of one size: of k changes, as many
/// must be losses as a fair coin reaches with probability alpha.
///
///   Σ_k P(K = k) P(X >= c_k | k),  K ~ Binomial(clusters, rate),  X ~ Binomial(k, loss)
double exact_power(const Direction& direction, double alpha);

/// The same for changes of several sizes, by simulated runs of a fixed seed; up to
/// `Resampling::max_exact` changes are tested with all sign patterns, more of them with the normal
/// limit, corrected for its fourth moment and for sizes that are multiples of one number.
/// \param magnitudes  sorted; the sizes that changes are drawn from.
double simulated_power(const Direction& direction, std::span<const double> magnitudes, double alpha,
                       const PowerOptions& options);

/// The same in the normal limit of many changes: S ~ Normal, its mean and variance those of the
/// model, beside the level's quantile of the sign patterns' distribution.
double normal_power(const Direction& direction, std::span<const double> magnitudes, double alpha);

}  // namespace mono::results
