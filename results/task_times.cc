#include "results/task_times.h"

#include <fmt/format.h>

#include <vector>

namespace mono::results {

namespace {

std::string listed(const std::set<std::string, std::less<>>& paces) {
  std::string list;
  for (const auto& pace : paces) {
    if (!list.empty()) list += " and ";
    list += pace.empty() ? "not on record" : "'" + pace + "'";
  }
  return list;
}

/// Why times of rows asked so cannot be compared; "" where they can.
std::string pace_difference(const Timings& base, const Timings& next) {
  if (base.paces == next.paces && base.paces.size() <= 1) return "";
  return fmt::format("asked differently: {} in the baseline, {} in the new run", listed(base.paces),
                     listed(next.paces));
}

std::vector<TimesPair> times_of_pairs(const Timings& base, const Timings& next,
                                      const PairedRows& paired) {
  std::vector<TimesPair> times;
  for (size_t i = 0; i < paired.ids.size(); ++i) {
    const auto was = base.rows.find(paired.ids[i]);
    const auto is = next.rows.find(paired.ids[i]);
    if (was == base.rows.end() || is == next.rows.end()) continue;
    times.push_back({.base = was->second, .next = is->second, .image = paired.pairs[i].image});
  }
  return times;
}

/// Of all rows that both runs worked at, whether or not they have a score.
std::vector<WallPair> wall_pairs(const Timings& base, const Timings& next) {
  std::vector<WallPair> pairs;
  for (const auto& [id, was] : base.rows) {
    const auto is = next.rows.find(id);
    if (is == next.rows.end() || !was.wall || !is->second.wall) continue;
    pairs.push_back({.base = *was.wall,
                     .next = *is->second.wall,
                     .base_call = was.call,
                     .next_call = is->second.call});
  }
  return pairs;
}

}  // namespace

void compare_task_times(const RunTask& base, const RunTask& next, const PairedRows& paired,
                        const std::string& machine_note, const CompareOptions& options,
                        TaskComparison& comparison) {
  const auto give_up = [&](const std::string& why) {
    comparison.latency_note = comparison.throughput_note = why;
  };
  if (!machine_note.empty()) return give_up(machine_note);
  if (!std::filesystem::exists(base.timings) || !std::filesystem::exists(next.timings)) {
    return give_up("no times on record");
  }
  const auto before = read_timings(base.timings);
  const auto now = read_timings(next.timings);
  if (const auto why = pace_difference(before, now); !why.empty()) return give_up(why);
  comparison.latency =
      compare_times(times_of_pairs(before, now, paired), options.max_slowdown, options.gate);
  if (!comparison.latency) return give_up("no row took any time");
  comparison.throughput =
      compare_throughput(wall_pairs(before, now), options.min_throughput, options.gate);
  if (!comparison.throughput) comparison.throughput_note = "no working times on record";
}

}  // namespace mono::results
