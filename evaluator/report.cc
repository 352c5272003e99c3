#include "evaluator/report.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "evaluator/average_rows.h"
#include "evaluator/states.h"
#include "model/json_text.h"
#include "results/reference/published.h"
#include "results/table.h"

namespace mono::evaluator {

namespace {

std::optional<double> if_number(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

/// The task's main metric on the scale of the published table.
results::TableRow table_row(const RunResult& result, const std::string& published_model) {
  const auto& task = *result.plan.task;
  const auto& profile = *result.plan.profile;
  results::TableRow row{.model = result.model,
                        .task = std::string(task.name()),
                        .profile = profile.name + cap_mark(result.plan) + rows_mark(result.plan),
                        .metric = std::string(task.main_metric(profile)),
                        .scored = tasks::count_scored(result.outcome.rows),
                        .total = static_cast<int>(result.outcome.rows.size())};
  const auto table_scale = task.table_scale(profile);
  const double scale = table_scale.value_or(1);
  if (!table_scale) row.decimals = 3;
  for (const auto& metric : result.outcome.metrics) {
    if (metric.name != row.metric) continue;
    row.value = if_number(metric.value * scale);
    if (metric.standard_error) row.standard_error = if_number(*metric.standard_error * scale);
    break;
  }
  if (const auto known = results::published(published_model, row.task);
      known && table_scale && cap_mark(result.plan).empty() && rows_mark(result.plan).empty()) {
    row.published = known->value;
  }
  return row;
}

results::TaskSummary task_summary(const RunResult& result) {
  const auto& plan = result.plan;
  results::TaskSummary summary{.name = std::string(plan.task->name()) + "." + plan.profile->name,
                               .profile = plan.profile->name,
                               .version = plan.profile->version,
                               .num_samples = static_cast<int64_t>(result.outcome.rows.size()),
                               .num_scored = tasks::count_scored(result.outcome.rows)};
  for (const auto& metric : result.outcome.metrics) {
    const auto name = metric.split.empty() ? metric.name : metric.split + "/" + metric.name;
    summary.metrics.push_back(
        {.name = name, .value = if_number(metric.value), .standard_error = metric.standard_error});
  }
  summary.config = {{"data_file", plan.data_file},
                    {"data_sha256", plan.data_sha256},
                    {"rows_in_dataset", plan.num_in_dataset},
                    {"registration", result.info.registration}};
  if (plan.max_new_tokens > 0) summary.config["max_new_tokens_cap"] = plan.max_new_tokens;
  const auto& rows = result.outcome.rows;
  summary.extras = {{"states", states_json(rows)},
                    {"bounds", bounds_json(*plan.task, *plan.profile, rows)},
                    {"judge", plan.judge ? plan.judge->json() : nlohmann::ordered_json("none")}};
  const auto warnings = plan.task->warnings(rows, *plan.profile);
  if (!warnings.empty()) summary.extras["warnings"] = warnings;
  return summary;
}

}  // namespace

std::string cap_mark(const TaskPlan& plan) {
  if (plan.max_new_tokens == 0) return "";
  return " (<=" + std::to_string(plan.max_new_tokens) + " tokens)";
}

std::string rows_mark(const TaskPlan& plan) {
  if (plan.samples.size() == plan.num_in_dataset) return "";
  return fmt::format(" ({} of {} rows)", plan.samples.size(), plan.num_in_dataset);
}

results::RunSummary run_summary(const std::vector<RunResult>& results, const std::string& model) {
  results::RunSummary run{.model = model};
  for (const auto& result : results) {
    if (result.model != model) continue;
    run.model_kind = result.info.kind;
    run.model_sha = result.info.fingerprint;
    for (const auto& [name, value] : result.info.details) run.extras[name] = value;
    run.tasks.push_back(task_summary(result));
  }
  return run;
}

namespace {

/// A line for each result in which not every row was read.
std::string states_lines(const std::vector<RunResult>& results) {
  std::string lines;
  for (const auto& result : results) {
    const auto& [task, profile] = std::pair(result.plan.task, result.plan.profile);
    const auto& rows = result.outcome.rows;
    if (tasks::tally(rows).read == static_cast<int>(rows.size())) continue;
    lines += fmt::format("{} {}.{}: {}\n", result.model, task->name(), profile->name,
                         states_text(*task, *profile, rows));
  }
  return lines;
}

}  // namespace

std::string table_text(const std::vector<RunResult>& results, const std::string& published_model) {
  std::vector<results::TableRow> rows;
  rows.reserve(results.size());
  for (const auto& result : results) rows.push_back(table_row(result, published_model));
  const auto averages = average_rows(results, rows, published_model);
  rows.insert(rows.end(), averages.begin(), averages.end());
  return results::terminal_table(rows) + states_lines(results);
}

std::string results_json(const std::vector<RunResult>& results) {
  auto json = nlohmann::ordered_json::object();
  for (const auto& result : results) {
    if (!json.contains(result.model)) {
      json[result.model] = results::results_json(run_summary(results, result.model));
    }
  }
  return model::printed_json(json);
}

}  // namespace mono::evaluator
