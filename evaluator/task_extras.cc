#include "evaluator/task_extras.h"

#include <algorithm>
#include <cmath>

#include "results/sample_rows.h"
#include "results/score_interval.h"

namespace mono::evaluator {

namespace {

using nlohmann::ordered_json;

const tasks::Metric* main_metric(const RunResult& result) {
  const auto name = result.plan.task->main_metric(*result.plan.profile);
  const auto& metrics = result.outcome.metrics;
  const auto found = std::find_if(metrics.begin(), metrics.end(),
                                  [&](const tasks::Metric& metric) { return metric.name == name; });
  return found == metrics.end() || !std::isfinite(found->value) ? nullptr : &*found;
}

/// The interval of the main metric on its own scale: from the rows where it is their mean up to a
/// factor, else from the standard error the benchmark gives. None where that is 0: rows that are
/// all alike tell no width.
std::optional<results::ScoreInterval> main_interval(const RunResult& result,
                                                    const tasks::Metric& metric,
                                                    const std::filesystem::path& samples) {
  const auto rows = results::read_sample_rows(samples).rows;
  const auto num_rows = std::min(rows.size(), result.outcome.rows.size());
  auto interval = results::mean_interval(std::span(rows).first(num_rows), metric.value);
  const double half = results::kZ95 * metric.standard_error.value_or(0);
  if (interval || half == 0) return interval;
  return results::ScoreInterval{.interval = {metric.value - half, metric.value + half},
                                .method = "normal"};
}

void add_table_cell(const RunResult& result, const std::filesystem::path& samples,
                    ordered_json& json) {
  const auto* const metric = main_metric(result);
  json["main_value"] = metric == nullptr ? ordered_json() : ordered_json(metric->value);
  json["table_value"] = nullptr;
  json["table_interval"] = nullptr;
  const auto scale = result.plan.task->table_scale(*result.plan.profile);
  if (metric == nullptr || !scale) return;
  json["table_value"] = metric->value * *scale;
  if (const auto found = main_interval(result, *metric, samples)) {
    json["table_interval"] = {{"low", found->interval.low * *scale},
                              {"high", found->interval.high * *scale},
                              {"level", 0.95},
                              {"method", found->method}};
  }
}

}  // namespace

std::string task_label(const TaskPlan& plan) {
  return std::string(plan.task->name()) + "." + plan.profile->name;
}

ordered_json planned_task_json(const TaskPlan& plan) {
  const auto folder = task_label(plan);
  ordered_json json = {{"task", plan.task->name()},
                       {"profile", plan.profile->name},
                       {"profile_version", plan.profile->version},
                       {"status", "partial"},
                       {"samples", folder + "/samples.jsonl"},
                       {"timings", folder + "/timings.jsonl"},
                       {"data_sha256", plan.data_sha256},
                       {"rows_in_dataset", plan.num_in_dataset},
                       {"main_metric", plan.task->main_metric(*plan.profile)}};
  if (plan.max_new_tokens > 0) json["max_new_tokens_cap"] = plan.max_new_tokens;
  return json;
}

ordered_json finished_task_json(const RunResult& result, const std::filesystem::path& folder) {
  auto json = planned_task_json(result.plan);
  json["status"] = "complete";
  json["registration"] = result.info.registration;
  for (const auto& [name, value] : result.info.details) json["model"][name] = value;
  json["rows"] = result.outcome.rows.size();
  json["scored"] = tasks::count_scored(result.outcome.rows);
  json["failed"] = result.outcome.num_failed;
  add_table_cell(result, folder / json["samples"].get<std::string>(), json);
  return json;
}

}  // namespace mono::evaluator
