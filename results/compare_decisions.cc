#include "results/compare_decisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "model/adapter.h"

namespace mono::results {

namespace {

/// One task's test of a limit on its times, and where its outcome goes.
struct LimitTest {
  double p = 1;  // of a ratio this far beyond the limit by chance
  bool is_beyond = false;
  double* p_holm = nullptr;
  bool* is_regression = nullptr;
};

LimitTest slowdown_test(TaskComparison& task) {
  auto& latency = *task.latency;
  const auto& total = latency.stages.front();
  const bool can_be_judged = latency.limit && task.latency_refusal.empty();
  return {.p = total.p_over_limit,
          .is_beyond = can_be_judged && total.ratio > *latency.limit,
          .p_holm = &latency.p_over_limit_holm,
          .is_regression = &latency.is_regression};
}

LimitTest throughput_test(TaskComparison& task) {
  auto& throughput = *task.throughput;
  const bool can_be_judged = throughput.limit && task.throughput_refusal.empty();
  return {.p = throughput.p_below_limit,
          .is_beyond = can_be_judged && throughput.ratio < *throughput.limit,
          .p_holm = &throughput.p_below_limit_holm,
          .is_regression = &throughput.is_regression};
}

void decide_limits(std::span<const LimitTest> tests, double alpha) {
  std::vector<double> p_values;
  for (const auto& test : tests) p_values.push_back(test.p);
  const auto adjusted = holm_adjusted(p_values);
  for (size_t i = 0; i < tests.size(); ++i) {
    *tests[i].p_holm = adjusted[i];
    *tests[i].is_regression = tests[i].is_beyond && adjusted[i] <= alpha;
  }
}

/// Whether a test that decides may come to flip signs at random, if enough units change.
bool may_sample(const TaskComparison& task, const CompareOptions& options) {
  const auto most_exact = options.gate.resampling.max_exact;
  const auto& scores = task.scores;
  return (scores.test.method != TestMethod::kExactMcNemar && scores.num_images > most_exact) ||
         (options.max_slowdown && task.latency && task.latency->num_images > most_exact) ||
         (options.min_throughput && task.throughput && task.throughput->num_calls > most_exact);
}

/// The least p of so many random patterns, corrected for `num_tests`.
double least_adjusted_p(int64_t num_resamples, size_t num_tests) {
  return static_cast<double>(num_tests) * (1 / static_cast<double>(num_resamples + 1));
}

/// Few random patterns are a coarse ruler near their least p: where alpha asks for that p itself,
/// a drop that would be found with probability 0.8 is found with 0.75; at five times it, with 0.79.
constexpr double kLeastPs = 5;

bool are_enough(int64_t num_resamples, double alpha, size_t num_tests) {
  constexpr double kRounding = 1e-12;
  return kLeastPs * least_adjusted_p(num_resamples, num_tests) <= alpha * (1 + kRounding);
}

int64_t resamples_needed(double alpha, size_t num_tests) {
  const double ratio = kLeastPs * static_cast<double>(num_tests) / alpha;
  auto needed = static_cast<int64_t>(std::ceil(ratio)) - 2;
  while (!are_enough(needed, alpha, num_tests)) ++needed;
  return needed;
}

}  // namespace

void check_resamples(const Comparison& comparison) {
  const auto& gate = comparison.options.gate;
  const auto num_tests = comparison.num_tasks();
  const auto num_resamples = gate.resampling.num_resamples;
  if (are_enough(num_resamples, gate.alpha, num_tests)) return;
  for (const auto& baseline : comparison.baselines) {
    for (const auto& task : baseline.tasks) {
      if (!may_sample(task, comparison.options)) continue;
      model::fail<model::UsageError>(fmt::format(
          "{}: {} random sign flips give no p below {:.2g}, and alpha {:g} over {} comparison(s) "
          "asks for {:.2g}, which must be {:g} times as much or drops are missed; give --resamples "
          "{} or more, or a larger --alpha",
          task.label, num_resamples, least_adjusted_p(num_resamples, 1), gate.alpha, num_tests,
          gate.alpha / static_cast<double>(num_tests), kLeastPs,
          resamples_needed(gate.alpha, num_tests)));
    }
  }
}

void decide_all(Comparison& comparison) {
  std::vector<NamedComparison> named;
  std::vector<LimitTest> latencies, throughputs;
  for (auto& baseline : comparison.baselines) {
    for (auto& task : baseline.tasks) {
      named.push_back({.task = task.task, .label = task.label, .comparison = &task.scores});
      if (task.latency) latencies.push_back(slowdown_test(task));
      if (task.throughput) throughputs.push_back(throughput_test(task));
    }
  }
  decide(named, comparison.options.gate);
  decide_limits(latencies, comparison.options.gate.alpha);
  decide_limits(throughputs, comparison.options.gate.alpha);
  for (const auto& baseline : comparison.baselines) {
    for (const auto& task : baseline.tasks) {
      comparison.has_regression |= task.has_regression();
      comparison.has_unjudged |= task.is_unjudged();
    }
  }
}

}  // namespace mono::results
