#pragma once

#include "results/compare_runs.h"

/// From the differences of all tasks to the verdict.
namespace mono::results {

/// Random sign flips give no p below 1 / (resamples + 1); where Holm may ask for less than five
/// times that, a test that flips at random misses drops that are called detectable.
/// \throws UsageError naming the resamples needed, if a test that decides may be such a one.
void check_resamples(const Comparison& comparison);

/// Adjusts the p of all tasks together and sets what is a regression.
void decide_all(Comparison& comparison);

}  // namespace mono::results
