#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "evaluator/failures.h"
#include "evaluator/judge_option.h"
#include "evaluator/locate.h"
#include "evaluator/record.h"
#include "evaluator/states.h"
#include "evaluator/verbs/verbs.h"
#include "model/complain.h"
#include "model/json_text.h"
#include "tasks/reader/predictions.h"
#include "tasks/reader/reader.h"
#include "tasks/registry.h"

namespace mono::evaluator {

namespace {

struct Options {
  std::string task{};
  std::string profile = "paper";
  std::string data{};
  std::string predictions{};
  int error_limit = 0;
  JudgeOptions judge{};
  bool shows_rows = false;
  bool as_json = false;
};

nlohmann::ordered_json metric_json(const tasks::Metric& metric) {
  nlohmann::ordered_json json = {{"name", metric.name}};
  if (!metric.split.empty()) json["split"] = metric.split;
  json["value"] = metric.value;  // NaN becomes null
  if (metric.standard_error) json["standard_error"] = *metric.standard_error;
  json["count"] = metric.count;
  return json;
}

/// Rows that failed themselves.
int num_errors(const std::vector<tasks::Row>& rows) {
  return static_cast<int>(
      std::count_if(rows.begin(), rows.end(), [](const auto& row) { return !row.error.empty(); }));
}

void print_rows(const std::vector<tasks::Row>& rows) {
  for (const auto& row : rows) {
    const nlohmann::ordered_json line = {{"id", row.sample->id},
                                         {"response", row.response},
                                         {"error", row.error},
                                         {"score", score_json(row)}};
    fmt::print("{}\n", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
}

void print_metrics(const std::vector<tasks::Metric>& metrics) {
  size_t width = 0;
  const auto label = [](const tasks::Metric& metric) {
    return metric.split.empty() ? metric.name : metric.split + " / " + metric.name;
  };
  for (const auto& metric : metrics) width = std::max(width, label(metric).size());
  for (const auto& metric : metrics) {
    const auto value = std::isnan(metric.value) ? "-" : fmt::format("{}", metric.value);
    const auto error =
        metric.standard_error ? fmt::format("  +- {:.4g}", *metric.standard_error) : "";
    fmt::print("{:<{}}  {}{}  ({} rows)\n", label(metric), width, value, error, metric.count);
  }
}

nlohmann::ordered_json summary_json(const tasks::Task& task, const tasks::Profile& profile,
                                    const tasks::PredictionSet& set, const JudgeStage& judge) {
  return {{"task", task.name()},
          {"profile", profile.name},
          {"profile_version", profile.version},
          {"format", set.format},
          {"judge", judge.json()},
          {"rows", set.rows.size()},
          {"scored", tasks::count_scored(set.rows)},
          {"states", states_json(set.rows)},
          {"bounds", bounds_json(task, profile, set.rows)},
          {"metrics", nlohmann::ordered_json::array()}};
}

/// The names of the numbers without a value, beside the headline.
std::string names_without_value(const std::vector<tasks::Metric>& metrics,
                                std::string_view headline) {
  std::string names;
  for (const auto& metric : metrics) {
    if (metric.name == headline || std::isfinite(metric.value)) continue;
    names += (names.empty() ? "" : ", ") + metric.name;
  }
  return names;
}

/// Why there is no headline number; "" where there is one.
std::string why_no_headline(const std::vector<tasks::Metric>& metrics, std::string_view headline,
                            const tasks::Tally& counts) {
  if (metrics.empty()) return "no row that counts was scored";
  const auto metric = std::find_if(metrics.begin(), metrics.end(),
                                   [&](const auto& one) { return one.name == headline; });
  if (metric != metrics.end() && std::isfinite(metric->value)) return "";
  if (counts.unscored > 0) return fmt::format("{} rows wait for a judge", counts.unscored);
  const auto names = names_without_value(metrics, headline);
  return names.empty() ? "it is not defined on these rows" : "there is none for " + names;
}

ExitCode score(const Options& options) {
  const auto& task = tasks::task_named(options.task);
  const auto& profile = task.profile(options.profile);
  JudgeStage judge(options.judge, task, /*is_only_task=*/true);
  std::vector<std::shared_ptr<const tasks::Sample>> samples;
  if (!options.data.empty()) {
    samples = tasks::read_samples(find_data(options.data, task, profile), task, profile).samples;
  }
  auto set = tasks::read_predictions(options.predictions, task, profile, samples);
  const auto scoring = tasks::scoring_profile(profile, set);
  tasks::score_rows(task, scoring, set.rows, judge.judge());
  const int scored = tasks::count_scored(set.rows);
  const auto warnings = task.warnings(set.rows, scoring);
  for (const auto& warning : warnings) {
    model::complain("mono-eval: {}: warning: {}\n", options.predictions, warning);
  }
  std::vector<tasks::Metric> metrics;
  if (tasks::has_counted_score(set.rows)) metrics = task.metrics(set.rows, scoring);

  if (options.shows_rows) print_rows(set.rows);
  if (options.as_json) {
    auto json = summary_json(task, scoring, set, judge);
    if (!warnings.empty()) json["warnings"] = warnings;
    for (const auto& metric : metrics) json["metrics"].push_back(metric_json(metric));
    fmt::print("{}\n", model::printed_json(json));
  } else {
    fmt::print("{} {} v{}: {} of {} rows scored ({})\n", task.name(), profile.name, profile.version,
               scored, set.rows.size(), set.format);
    fmt::print("{}\n{}\n", states_text(task, scoring, set.rows), judge.text());
    print_metrics(metrics);
  }
  const auto counts = tasks::tally(set.rows);
  if (scored == 0) {
    model::complain(
        "mono-eval: {}: no row could be scored: {} wait for a judge (--judge replay:FILE) "
        "or have no accepted answer, {} failed\n",
        options.predictions, counts.unscored, counts.failed);
  }
  const auto headline = task.main_metric(scoring);
  const auto why = why_no_headline(metrics, headline, counts);
  if (!why.empty() && scored > 0) {
    model::complain("mono-eval: {}: '{}' has no value: {}\n", options.predictions, headline, why);
  }
  model::complain("{}", failures_text(set.rows));
  const bool is_complete =
      why.empty() && num_errors(set.rows) <= options.error_limit && counts.unscored == 0;
  return is_complete ? ExitCode::kFine : ExitCode::kIncomplete;
}

}  // namespace

void add_score(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand("score", "score predictions made elsewhere");
  verb->add_option("--task", options->task, "task name or alias")->required();
  verb->add_option("--predictions", options->predictions, "file of predictions")->required();
  verb->add_option("--profile", options->profile, "recipe; see `ls profiles`")
      ->capture_default_str();
  verb->add_option(
      "--data", options->data,
      "data file or folder; not needed where the predictions hold question and answer");
  verb->add_option(both_spellings("--error-limit"), options->error_limit,
                   "failed rows that are tolerated; more give exit code 4")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  add_judge_options(*verb, options->judge);
  verb->add_flag("--rows", options->shows_rows, "print each row's verdict as JSON Lines first");
  verb->add_flag("--json", options->as_json, "for machines");
  add_example(*verb,
              "mono-eval score --task textvqa --profile vek --predictions TextVQA_VAL.jsonl");
  verb->callback([options, &action] { action = [options] { return score(*options); }; });
}

}  // namespace mono::evaluator
