#pragma once

#include "results/compare_runs.h"

namespace mono::results {

/// More of the rows left out than this share, and the rest need not be like them.
inline constexpr double kMostLeftOut = 0.1;

/// Says of each task why a limit that is set cannot be judged there: `latency_refusal` and
/// `throughput_refusal`. A limit must not pass because there are no times, because the slow rows
/// are among those left out, or because no times could break it: sign flips of n units give no p
/// below 2^-n, and Holm asks the least of m to be alpha / m.
void refuse_limits(Comparison& comparison);

}  // namespace mono::results
