#include "results/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "model/adapter.h"
#include "results/schema.h"

namespace mono::results {

using nlohmann::ordered_json;

namespace {

ordered_json or_null(const std::string& text) {
  return text.empty() ? ordered_json() : ordered_json(text);
}

template <typename Value>
ordered_json or_null(const std::optional<Value>& value) {
  return value ? ordered_json(*value) : ordered_json();
}

ordered_json object_or_empty(const ordered_json& value) {
  return value.is_null() ? ordered_json::object() : value;
}

bool has_data(const std::optional<double>& value) {
  return value && std::isfinite(*value);
}

std::string filter(const TaskSummary& task) {
  return task.profile.empty() ? "none" : task.profile;
}

/// `"<metric>,<filter>"` and `"<metric>_stderr,<filter>"`; "N/A" for a standard error there is not.
ordered_json task_results(const TaskSummary& task) {
  ordered_json results = {{"name", task.name},
                          {"alias", task.alias.empty() ? task.name : task.alias},
                          {"sample_len", task.num_scored}};
  for (const auto& metric : task.metrics) {
    if (!has_data(metric.value)) continue;
    results[metric.name + "," + filter(task)] = *metric.value;
    results[metric.name + "_stderr," + filter(task)] = has_data(metric.standard_error)
                                                           ? ordered_json(*metric.standard_error)
                                                           : ordered_json("N/A");
  }
  return results;
}

ordered_json metric_directions(const TaskSummary& task) {
  auto directions = ordered_json::object();
  for (const auto& metric : task.metrics) directions[metric.name] = metric.is_higher_better;
  return directions;
}

ordered_json run_config(const RunSummary& run) {
  return {{"model", or_null(run.model_kind)},
          {"model_args", or_null(run.model_args)},
          {"model_sha", or_null(run.model_sha)},
          {"batch_size", or_null(run.batch_size)},
          {"device", or_null(run.device)},
          {"limit", or_null(run.limit)},
          {"random_seed", run.seed}};
}

/// The name as lm-eval writes it into file names: what is no letter, digit or dash becomes `__`.
std::string sanitized(const std::string& name) {
  std::string safe;
  for (const char c : name) {
    const bool is_kept = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '.';
    safe += is_kept ? std::string(1, c) : "__";
  }
  return safe;
}

void check(const RunSummary& run) {
  for (auto task = run.tasks.begin(); task != run.tasks.end(); ++task) {
    if (task->num_scored < 0 || task->num_scored > task->num_samples) {
      model::fail("results of '", task->name, "': ", task->num_scored, " samples scored of ",
                  task->num_samples);
    }
    const auto same = std::find_if(run.tasks.begin(), task, [&](const TaskSummary& other) {
      return other.name == task->name;
    });
    if (same != task) model::fail("results of '", task->name, "' twice in one run");
  }
}

}  // namespace

ordered_json results_json(const RunSummary& run) {
  check(run);
  const auto empty = ordered_json::object();
  ordered_json json = {{"results", empty},  {"group_subtasks", empty}, {"configs", empty},
                       {"versions", empty}, {"n-shot", empty},         {"higher_is_better", empty},
                       {"n-samples", empty}};
  ordered_json extras = {{"schema", "mono-eval.results"},
                         {"schema_version", kSchemaVersion},
                         {"status", run.is_complete ? "complete" : "partial"}};
  extras.update(object_or_empty(run.extras));
  extras["tasks"] = empty;
  for (const auto& task : run.tasks) {
    json["results"][task.name] = task_results(task);
    json["group_subtasks"][task.name] = ordered_json::array();
    json["configs"][task.name] = object_or_empty(task.config);
    json["versions"][task.name] = task.version;
    json["n-shot"][task.name] = 0;
    json["higher_is_better"][task.name] = metric_directions(task);
    json["n-samples"][task.name] = {{"original", task.num_samples}, {"effective", task.num_scored}};
    extras["tasks"][task.name] = object_or_empty(task.extras);
    extras["tasks"][task.name]["profile"] = or_null(task.profile);
  }
  json["config"] = run_config(run);
  json["git_hash"] = or_null(run.git_hash);
  json["date"] = run.start_seconds;
  json["pretty_env_info"] = or_null(run.environment);
  json["model_name"] = or_null(run.model);
  json["model_name_sanitized"] = or_null(sanitized(run.model));
  json["chat_template_sha"] = or_null(run.chat_template_sha);
  json["total_evaluation_time_seconds"] = fmt::format("{}", run.total_seconds);
  json["ext"] = extras;
  return json;
}

}  // namespace mono::results
