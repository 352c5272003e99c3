#include "results/compare_decisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace mono::results {

namespace {

void decide_latencies(std::span<LatencyComparison* const> latencies, double alpha) {
  std::vector<double> over;
  for (const auto* const latency : latencies) over.push_back(latency->stages.front().p_over_limit);
  const auto adjusted = holm_adjusted(over);
  for (size_t i = 0; i < latencies.size(); ++i) {
    auto& latency = *latencies[i];
    latency.p_over_limit_holm = adjusted[i];
    latency.is_regression =
        latency.limit && latency.stages.front().ratio > *latency.limit && adjusted[i] <= alpha;
  }
}

void decide_throughputs(std::span<ThroughputComparison* const> throughputs, double alpha) {
  std::vector<double> below;
  for (const auto* const throughput : throughputs) below.push_back(throughput->p_below_limit);
  const auto adjusted = holm_adjusted(below);
  for (size_t i = 0; i < throughputs.size(); ++i) {
    auto& throughput = *throughputs[i];
    throughput.p_below_limit_holm = adjusted[i];
    throughput.is_regression =
        throughput.limit && throughput.ratio < *throughput.limit && adjusted[i] <= alpha;
  }
}

}  // namespace

void check_limits_can_be_broken(const Comparison& comparison, std::vector<std::string>& problems) {
  const auto& options = comparison.options;
  size_t num_tasks = 0;
  for (const auto& baseline : comparison.baselines) num_tasks += baseline.tasks.size();
  const double level = options.gate.alpha / static_cast<double>(std::max<size_t>(1, num_tasks));
  const auto units_needed = static_cast<int64_t>(std::ceil(-std::log2(level)));
  const auto check = [&](const std::string& what, int64_t units, const char* kind) {
    if (units >= units_needed) return;
    problems.push_back(
        fmt::format("{}: {} independent {}, which cannot show a change at this "
                    "alpha; {} are needed",
                    what, units, kind, units_needed));
  };
  for (const auto& baseline : comparison.baselines) {
    for (const auto& task : baseline.tasks) {
      if (options.max_slowdown && task.latency) {
        check(task.label + ": times", task.latency->num_images, "pictures");
      }
      if (options.min_throughput && task.throughput) {
        check(task.label + ": rows a second", task.throughput->num_calls, "calls");
      }
    }
  }
}

void decide_all(Comparison& comparison) {
  std::vector<NamedComparison> named;
  std::vector<LatencyComparison*> latencies;
  std::vector<ThroughputComparison*> throughputs;
  for (auto& baseline : comparison.baselines) {
    for (auto& task : baseline.tasks) {
      named.push_back({.task = task.task, .label = task.label, .comparison = &task.scores});
      if (task.latency) latencies.push_back(&*task.latency);
      if (task.throughput) throughputs.push_back(&*task.throughput);
    }
  }
  decide(named, comparison.options.gate);
  decide_latencies(latencies, comparison.options.gate.alpha);
  decide_throughputs(throughputs, comparison.options.gate.alpha);
  for (const auto& baseline : comparison.baselines) {
    for (const auto& task : baseline.tasks) comparison.has_regression |= task.has_regression();
  }
}

}  // namespace mono::results
