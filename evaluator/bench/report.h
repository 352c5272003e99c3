#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "evaluator/bench/latency.h"

namespace mono::bench {

/// The rows as a table: medians with 95 % intervals, shares of the floor, tokens a second over
/// all that was asked at once, and `ratio_lines`.
std::string latency_table(const std::vector<Contender>& contenders, const LatencyTimes& times);

/// The same in google/benchmark's JSON shape: `context` (context.h) and a list `benchmarks`
/// (entries.h), to the first token, per token and end to end; beside them `ratios`.
/// \param contenders  at least one
nlohmann::ordered_json latency_json(const std::vector<Contender>& contenders,
                                    const LatencyTimes& times);

/// What each row's stages reached of the machine's roof: vision alone, the prefill of a single
/// request, and the step of new tokens; medians.
std::string latency_roofline(const std::vector<Contender>& contenders, const LatencyTimes& times);

}  // namespace mono::bench
