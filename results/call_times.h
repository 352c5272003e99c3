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
/// spent on them is a cost of the answers. A call has a fault where a row of it failed in one of
/// the runs only, and where it has times of fewer rows than it was asked: the others were asked
/// again later.
///
/// \param ids  Rows that failed in neither run; those without a working time in either are left
/// out.
std::vector<WallPair> wall_pairs(const TimedRun& base, const TimedRun& next,
                                 std::span<const std::string> ids);

}  // namespace mono::results
