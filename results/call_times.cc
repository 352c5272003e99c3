#include "results/call_times.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

namespace mono::results {

namespace {

struct CallTimes {
  double seconds = 0;
  int64_t num_timed = 0;
  int64_t num_answered = 0;
  int64_t num_asked = 0;  // 0 in files that do not say it
  bool has_failed_in_one_run = false;

  double answer_seconds() const { return seconds / static_cast<double>(num_answered); }
  CallFault fault() const {
    if (num_timed < num_asked) return CallFault::kAskedAgain;
    return has_failed_in_one_run ? CallFault::kFailedInOneRun : CallFault::kNone;
  }
};

std::unordered_map<int64_t, CallTimes> calls_of(const TimedRun& run, const TimedRun& other) {
  std::unordered_map<int64_t, CallTimes> calls;
  for (const auto& [id, row] : run.timings.rows) {
    if (!row.wall) continue;
    auto& call = calls[row.call];
    call.seconds += *row.wall;
    ++call.num_timed;
    const bool has_failed = run.failed_ids.contains(id);
    if (!has_failed) ++call.num_answered;
    if (has_failed != other.failed_ids.contains(id)) call.has_failed_in_one_run = true;
    call.num_asked = row.rows_in_call;
  }
  return calls;
}

}  // namespace

std::vector<WallPair> wall_pairs(const TimedRun& base, const TimedRun& next,
                                 std::span<const std::string> ids) {
  const auto base_calls = calls_of(base, next);
  const auto next_calls = calls_of(next, base);
  std::vector<WallPair> pairs;
  pairs.reserve(ids.size());
  for (const auto& id : ids) {
    const auto was = base.timings.rows.find(id);
    const auto is = next.timings.rows.find(id);
    if (was == base.timings.rows.end() || is == next.timings.rows.end()) continue;
    if (!was->second.wall || !is->second.wall) continue;
    const auto& base_call = base_calls.at(was->second.call);
    const auto& next_call = next_calls.at(is->second.call);
    pairs.push_back({.base = base_call.answer_seconds(),
                     .next = next_call.answer_seconds(),
                     .base_call = was->second.call,
                     .next_call = is->second.call,
                     .fault = std::max(base_call.fault(), next_call.fault())});
  }
  return pairs;
}

}  // namespace mono::results
