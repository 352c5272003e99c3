#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "model/stopwatch.h"

namespace mono::bench {

/// Entries of `benchmarks` in google/benchmark's JSON for one thing that was timed again and again:
/// one a repetition (`run_type` iteration) and their median (aggregate), which also has, under
/// names of our own, `low`, `high` and `coverage` of its interval (null where there is none).
/// \param unit  "ms" or "us"
/// \throws SetupError without a repetition.
std::vector<nlohmann::ordered_json> entries_of(const std::string& run_name,
                                               const std::vector<model::Spent>& repetitions,
                                               const std::string& unit);

}  // namespace mono::bench
