#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "evaluator/bench/latency.h"

namespace mono::bench {

/// The rows as a table: medians with 95 % intervals, shares of the floor, and for each shape and
/// mode the ratio of every model to the first one, paired by round.
std::string latency_table(const std::vector<Contender>& contenders,
                          const std::vector<LatencyRow>& rows);

/// The same in google/benchmark's JSON shape: `context` and a list `benchmarks`, one entry a
/// repetition (`run_type` iteration) and one median each (`run_type` aggregate).
nlohmann::ordered_json latency_json(const std::vector<Contender>& contenders,
                                    const std::vector<LatencyRow>& rows);

}  // namespace mono::bench
