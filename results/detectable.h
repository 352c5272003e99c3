#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "results/paired_test.h"

namespace mono::results {

/// How the scores of two runs differ: what the power of their comparison follows from.
struct Changes {
  int64_t num_rows = 0;
  int64_t num_clusters = 0;          // pictures, or rows where none is shared
  std::vector<double> magnitudes{};  // |Σ (new - base)| of each cluster where that is not 0
};

/// How the power is found where it has no closed form.
struct PowerOptions {
  int num_runs = 1000;  // simulated for each drop that is tried
  uint64_t seed = 1;
};

/// The probability that the one-sided test of `exact_mcnemar` and `sign_flip_test` finds a drop at
/// level alpha.
///
///   drop = rate · (2q - 1) · E[m] · num_clusters / num_rows
///
/// Each cluster changes with probability `rate`, by a magnitude m drawn from the observed ones, and
/// with probability q it is a loss. The rate is the observed one as long as q <= 1 makes the drop;
/// beyond that every change is a loss, and more clusters change. Where nothing changed, m is 1.
///
/// Exact where all magnitudes are equal, as 0/1 scores without shared pictures have it; simulated
/// where they are not; the normal limit where a thousand clusters or more change.
/// \param drop  of the mean score, from 0 to E[m] · num_clusters / num_rows.
/// \throws SetupError unless there are clusters and rows, alpha is a probability and the drop is
///         one that these magnitudes can make.
double power_against(double drop, const Changes& changes, double alpha,
                     const PowerOptions& options = {});

/// The smallest drop of the mean score that has this power.
/// \returns nothing where even the change of all clusters for the worse has less.
/// \throws SetupError as `power_against`, or for an impossible power.
std::optional<double> detectable_drop(const Changes& changes, double alpha, double power = 0.8,
                                      const PowerOptions& options = {});

}  // namespace mono::results
