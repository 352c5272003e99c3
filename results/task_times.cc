#include "results/task_times.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "results/call_times.h"

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

/// Of the rows compared; one that fails now took no time that says anything.
std::vector<TimesPair> times_of_pairs(const Timings& base, const Timings& next,
                                      const PairedRows& paired) {
  std::vector<TimesPair> times;
  for (size_t i = 0; i < paired.ids.size(); ++i) {
    if (paired.failed_now[i] != 0) continue;
    const auto was = base.rows.find(paired.ids[i]);
    const auto is = next.rows.find(paired.ids[i]);
    if (was == base.rows.end() || is == next.rows.end()) continue;
    times.push_back({.base = was->second, .next = is->second, .image = paired.pairs[i].image});
  }
  return times;
}

/// What is missing of the times of `wanted` rows; "" where nothing is.
std::string gap(size_t timed, size_t wanted) {
  if (timed == wanted) return "";
  return fmt::format("times of {} of {} rows on record", timed, wanted);
}

/// Why these say nothing about rows a second.
std::string why_no_throughput(std::span<const WallPair> walls) {
  if (walls.empty()) return "no working times on record";
  double base = 0, next = 0;
  for (const auto& pair : walls) {
    base += pair.base;
    next += pair.next;
  }
  if (base == 0 || next == 0) return "the rows took no working time";
  const auto has = [&](CallFault fault) {
    return std::any_of(walls.begin(), walls.end(),
                       [&](const WallPair& pair) { return pair.fault == fault; });
  };
  if (!has(CallFault::kFailedInOneRun)) return "rows of every call were asked again later";
  return has(CallFault::kAskedAgain)
             ? "rows of every call failed in one run only or were asked again later"
             : "a row of every call failed in one run only";
}

}  // namespace

void compare_task_times(const RunTask& base, const RunTask& next, const PairedRows& paired,
                        const std::string& machine_note, const CompareOptions& options,
                        TaskComparison& comparison) {
  const auto give_up = [&](const std::string& why) {
    comparison.latency_note = comparison.throughput_note = why;
  };
  if (paired.answered_ids.empty()) return give_up("no row was answered in both runs");
  if (!machine_note.empty()) return give_up(machine_note);
  if (!std::filesystem::exists(base.timings) || !std::filesystem::exists(next.timings)) {
    return give_up("no times on record");
  }
  const auto before = read_timings(base.timings);
  const auto now = read_timings(next.timings);
  if (const auto why = pace_difference(before, now); !why.empty()) return give_up(why);
  const auto times = times_of_pairs(before, now, paired);
  // Of all rows that both runs answered, whether or not they have a score.
  const auto walls = wall_pairs({before, paired.base_failed_ids}, {now, paired.next_failed_ids},
                                paired.answered_ids);
  const auto num_failed = std::count(paired.failed_now.begin(), paired.failed_now.end(), 1);
  comparison.throughput_gap = gap(walls.size(), paired.answered_ids.size());
  comparison.latency = compare_times(times, options.max_slowdown, options.gate);
  if (!comparison.latency) return give_up("no row took any time");
  comparison.latency_gap = gap(static_cast<size_t>(comparison.latency->num_rows),
                               paired.ids.size() - static_cast<size_t>(num_failed));
  comparison.throughput = compare_throughput(walls, options.min_throughput, options.gate);
  if (!comparison.throughput) {
    comparison.throughput_note = why_no_throughput(walls);
  }
}

}  // namespace mono::results
