#include <nlohmann/json.hpp>

#include "results/compare_cells.h"
#include "results/compare_text.h"
#include "results/schema.h"

namespace mono::results {

using nlohmann::ordered_json;

namespace {

ordered_json interval_json(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  return {{"low", interval->low}, {"high", interval->high}};
}

ordered_json or_null(const std::optional<double>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

/// A probability about a limit; null where there is no limit.
ordered_json or_null_without(const std::optional<double>& limit, double p) {
  return limit ? ordered_json(p) : ordered_json();
}

ordered_json scores_json(const ScoreComparison& scores) {
  return {{"rows", scores.num_rows},
          {"images", scores.num_images},
          {"is_binary", scores.is_binary},
          {"lost", scores.num_lost},
          {"gained", scores.num_gained},
          {"base_points", scores.base_points},
          {"new_points", scores.next_points},
          {"change_points", scores.change()},
          {"interval", interval_json(scores.interval)},
          {"interval_method", scores.is_bootstrap ? "bootstrap" : "normal"},
          {"standard_error_points", scores.standard_error},
          {"test", name_of(scores.test.method)},
          {"p_two_sided", scores.test.p_two_sided},
          {"p_worse", scores.test.p_worse},
          {"p_worse_holm", scores.p_worse_holm},
          {"p_better_holm", scores.p_better_holm},
          {"detectable_points", or_null(scores.detectable_points)},
          {"tolerance_points", scores.tolerance},
          {"verdict", name_of(scores.verdict)},
          {"reason", scores.reason}};
}

ordered_json row_json(const ChangedRow& row) {
  const auto side = [](double value, const std::string& response, const std::string& answer) {
    return ordered_json{{"value", value}, {"response", response}, {"answer", answer}};
  };
  ordered_json json = {{"id", row.id},
                       {"base", side(row.base_value, row.base_response, row.base_answer)},
                       {"new", side(row.next_value, row.next_response, row.next_answer)}};
  if (!row.next_error.empty()) json["new"]["error"] = row.next_error;
  return json;
}

ordered_json latency_json(const LatencyComparison& latency) {
  auto stages = ordered_json::array();
  for (const auto& stage : latency.stages) {
    stages.push_back({{"name", stage.name},
                      {"base_median_seconds", stage.base_median},
                      {"new_median_seconds", stage.next_median},
                      {"ratio", stage.ratio},
                      {"interval", interval_json(stage.interval)},
                      {"p_equal", stage.p_equal},
                      {"p_over_limit", or_null_without(latency.limit, stage.p_over_limit)}});
  }
  return {{"rows", latency.num_rows},
          {"limit", or_null(latency.limit)},
          {"stages", stages},
          {"p_over_limit_holm", or_null_without(latency.limit, latency.p_over_limit_holm)},
          {"is_regression", latency.is_regression}};
}

ordered_json throughput_json(const ThroughputComparison& throughput) {
  return {{"rows", throughput.num_rows},
          {"rows_left_out", throughput.left_out.total()},
          {"rows_left_out_by_reason",
           {{"failed_in_one_run", throughput.left_out.failed_in_one_run},
            {"asked_again", throughput.left_out.asked_again}}},
          {"calls", throughput.num_calls},
          {"base_rows_per_second", throughput.base_rows_per_second},
          {"new_rows_per_second", throughput.next_rows_per_second},
          {"ratio", throughput.ratio},
          {"interval", interval_json(throughput.interval)},
          {"p_equal", throughput.p_equal},
          {"limit", or_null(throughput.limit)},
          {"p_below_limit", or_null_without(throughput.limit, throughput.p_below_limit)},
          {"p_below_limit_holm", or_null_without(throughput.limit, throughput.p_below_limit_holm)},
          {"is_regression", throughput.is_regression}};
}

ordered_json task_json(const TaskComparison& task) {
  auto changed = ordered_json::array();
  for (const auto& row : task.changed) changed.push_back(row_json(row));
  return {{"label", task.label},
          {"task", task.task},
          {"main_metric", task.main_metric},
          {"base_main", or_null(task.base_main)},
          {"new_main", or_null(task.next_main)},
          {"scores", scores_json(task.scores)},
          {"images_by", task.images_by},
          {"responses_changed", task.num_responses_changed},
          {"failed_now", task.num_failed_now},
          {"failed_now_lost", task.num_failed_lost},
          {"base_answered", task.scores.num_answered},
          {"answers_lost", task.scores.num_answers_lost},
          {"left_out", task.num_left_out},
          {"changed_rows", changed},
          {"latency", task.latency ? latency_json(*task.latency) : ordered_json()},
          {"latency_note", task.latency_note},
          {"throughput", task.throughput ? throughput_json(*task.throughput) : ordered_json()},
          {"throughput_note", task.throughput_note},
          {"not_judged", unjudged_reasons(task)}};
}

ordered_json run_json(const RunFolder& run) {
  return {{"model", run.model}, {"folder", run.folder.string()}, {"date", run.date}};
}

}  // namespace

ordered_json comparison_json(const Comparison& comparison) {
  auto baselines = ordered_json::array();
  for (const auto& baseline : comparison.baselines) {
    auto tasks = ordered_json::array();
    for (const auto& task : baseline.tasks) tasks.push_back(task_json(task));
    baselines.push_back({{"base", run_json(baseline.base)},
                         {"differences", baseline.differences},
                         {"new_tasks", baseline.new_tasks},
                         {"tasks", tasks}});
  }
  const auto& options = comparison.options;
  return {{"schema", "mono-eval.comparison"},
          {"schema_version", kSchemaVersion},
          {"has_regression", comparison.has_regression},
          {"has_unjudged", comparison.has_unjudged},
          {"options",
           {{"alpha", options.gate.alpha},
            {"level", options.gate.level},
            {"power", options.gate.power},
            {"max_drop_points", or_null(options.gate.max_drop)},
            {"max_slowdown", or_null(options.max_slowdown)},
            {"min_throughput", or_null(options.min_throughput)},
            {"tolerance_points", options.gate.tolerances},
            {"resamples", options.gate.resampling.num_resamples},
            {"seed", options.gate.resampling.seed}}},
          {"new", run_json(comparison.next)},
          {"baselines", baselines}};
}

ordered_json refusal_json(const Refusal& refusal) {
  return {{"schema", "mono-eval.comparison"},
          {"schema_version", kSchemaVersion},
          {"has_regression", false},
          {"has_unjudged", true},
          {"refusal", refusal.reason}};
}

}  // namespace mono::results
