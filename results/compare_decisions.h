#pragma once

#include <string>
#include <vector>

#include "results/compare_runs.h"

/// From the differences of all tasks to the verdict.
namespace mono::results {

/// A limit that no times could break would let everything pass: sign flips of n units give no p
/// below 2^-n, and Holm asks the least of m to be alpha / m. One on rows a second passes as easily
/// where the slow calls are among those left out.
/// \param problems  Gets a line for each task whose times are too few for a limit that is set, or
/// too
///                  many of them left out.
void check_limits_can_be_broken(const Comparison& comparison, std::vector<std::string>& problems);

/// Random sign flips give no p below 1 / (resamples + 1); where Holm may ask for less, a test that
/// flips at random finds nothing, however large the drop.
/// \throws UsageError naming the resamples needed, if a test that decides may be such a one.
void check_resamples(const Comparison& comparison);

/// Adjusts the p of all tasks together and sets what is a regression.
void decide_all(Comparison& comparison);

}  // namespace mono::results
