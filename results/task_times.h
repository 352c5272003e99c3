#pragma once

#include <string>

#include "results/compare_runs.h"
#include "results/pairing.h"

namespace mono::results {

/// Compares the times of one task in two runs: `latency` and `throughput` of `comparison`, or the
/// notes that say why there is none.
/// \param machine_note  Why times of these runs' machines cannot be compared; "" where they can.
/// \throws SetupError if a timings file cannot be read or holds what is no time.
void compare_task_times(const RunTask& base, const RunTask& next, const PairedRows& paired,
                        const std::string& machine_note, const CompareOptions& options,
                        TaskComparison& comparison);

}  // namespace mono::results
