#pragma once

#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "results/latency.h"
#include "results/throughput.h"

namespace mono::results {

/// One run's times and what they bought.
struct TimedRun {
  const Timings& timings;
  const std::unordered_set<std::string>& failed_ids;  // rows without an answer
};

/// The working times of rows in both runs. The answers of a call bear equal parts of its time:
/// which of them came first says nothing about what each of them took. Failed rows bear none: time
/// spent on them is a cost of the answers, and failing at once makes no run faster. A call that has
/// times of fewer rows than it was asked is incomplete: the others were asked again after a stop.
///
/// \param ids  Rows that failed in neither run; those without a working time in either are left
/// out.
std::vector<WallPair> wall_pairs(const TimedRun& base, const TimedRun& next,
                                 std::span<const std::string> ids);

}  // namespace mono::results
