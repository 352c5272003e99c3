#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "evaluator/task_names.h"
#include "evaluator/verbs/report_files.h"
#include "evaluator/verbs/verbs.h"
#include "model/adapter.h"
#include "model/complain.h"
#include "model/json_text.h"
#include "results/compare_text.h"
#include "results/file.h"
#include "tasks/registry.h"

namespace mono::evaluator {

namespace {

struct Options {
  std::string base{};
  std::string next{};
  std::vector<std::string> more_baselines{};
  std::vector<std::string> tasks{};
  std::vector<std::string> tolerances{};
  std::string junit{};
  std::string markdown{};
  double max_drop = -1;        // absent
  double max_slowdown = -1;    // absent
  double min_throughput = -1;  // absent
  results::CompareOptions compare{};
  bool as_json = false;
};

/// An alias becomes the task's name; "textvqa.vek" and "*" stay as they are.
std::string task_name(const std::string& name) {
  const auto* const task = tasks::find_task(name);
  return task == nullptr ? name : std::string(task->name());
}

std::pair<std::string, double> parse_tolerance(const std::string& text) {
  const auto equals = text.rfind('=');
  double points = -1;
  if (equals != std::string::npos) {
    const auto* const begin = text.data() + equals + 1;
    const auto* const end = text.data() + text.size();
    if (std::from_chars(begin, end, points).ptr != end || begin == end) points = -1;
  }
  if (equals == 0 || !(points >= 0) || !std::isfinite(points)) {
    model::fail<model::UsageError>("--task-tolerance: expected TASK=POINTS, got '", text, "'");
  }
  return {task_name(text.substr(0, equals)), points};
}

results::CompareOptions compare_options(const Options& options) {
  auto compare = options.compare;
  for (const auto& name : expand_groups(split_list(options.tasks))) {
    compare.tasks.push_back(task_name(name));
  }
  for (const auto& text : split_list(options.tolerances)) {
    const auto [named, is_new] = compare.gate.tolerances.insert(parse_tolerance(text));
    if (!is_new) {
      model::fail<model::UsageError>("--task-tolerance: given twice for '", named->first, "'");
    }
  }
  if (options.max_drop >= 0) compare.gate.max_drop = options.max_drop;
  if (options.max_slowdown > 0) compare.max_slowdown = options.max_slowdown;
  if (options.min_throughput > 0) compare.min_throughput = options.min_throughput;
  return compare;
}

void write_reports(const Options& options, const std::string& junit, const std::string& markdown) {
  if (!options.junit.empty()) results::write_file_atomically(options.junit, junit);
  if (!options.markdown.empty()) results::write_file_atomically(options.markdown, markdown);
}

/// For CI to show why there is no verdict. What goes wrong meanwhile does not hide that reason.
void report_refusal(const Options& options, const std::string& reason) {
  const results::Refusal refusal{options.base, options.next, reason};
  try {
    if (options.as_json) fmt::print("{}\n", model::printed_json(results::refusal_json(refusal)));
    write_reports(options, results::refusal_junit(refusal), results::refusal_markdown(refusal));
  } catch (const std::runtime_error& error) {
    model::complain("mono-eval: {}\n", error.what());
  }
}

results::Comparison compared(const Options& options,
                             const std::vector<std::filesystem::path>& baselines) {
  const auto compare = compare_options(options);
  try {
    return results::compare_runs(baselines, options.next, compare);
  } catch (const model::UsageError&) {
    throw;
  } catch (const std::exception& refusal) {
    report_refusal(options, refusal.what());
    throw;
  }
}

ExitCode compare(const Options& options) {
  std::vector<std::filesystem::path> baselines = {options.base};
  baselines.insert(baselines.end(), options.more_baselines.begin(), options.more_baselines.end());
  auto runs = baselines;
  runs.emplace_back(options.next);
  const ReportFile files[] = {{"--junit", options.junit}, {"--markdown", options.markdown}};
  check_report_files(files, runs);
  // A refusal must not leave an earlier verdict where CI looks for this one.
  for (const auto& file : files) remove_report(file.path);
  const auto comparison = compared(options, baselines);
  if (options.as_json) {
    fmt::print("{}\n", model::printed_json(results::comparison_json(comparison)));
  } else {
    fmt::print("{}", results::comparison_text(comparison));
  }
  flush_output();
  try {
    write_reports(options, results::comparison_junit(comparison),
                  results::comparison_markdown(comparison));
  } catch (const model::SetupError& error) {
    if (!comparison.has_regression) throw;
    model::complain("mono-eval: {}\n", error.what());
  }
  if (comparison.has_regression) return ExitCode::kRegression;
  return comparison.has_unjudged ? ExitCode::kSetup : ExitCode::kFine;
}

/// CLI11's own checks let nan pass, and a limit of nan is never broken.
const CLI::Validator& finite_number() {
  static const CLI::Validator validator(
      [](const std::string& text) -> std::string {
        double value = 0;
        const bool is_number = CLI::detail::lexical_cast(text, value) && std::isfinite(value);
        return is_number ? "" : "expected a finite number, got '" + text + "'";
      },
      "");
  return validator;
}

/// CLI11's own check of a sign prints the largest double, all of its digits.
CLI::Validator number_where(bool (*is_allowed)(double), const std::string& rule) {
  return finite_number() & CLI::Validator(
                               [=](const std::string& text) -> std::string {
                                 double value = 0;
                                 CLI::detail::lexical_cast(text, value);
                                 return is_allowed(value) ? "" : rule + ", got " + text;
                               },
                               "");
}

CLI::Validator at_least_zero() {
  return number_where([](double value) { return value >= 0; }, "must be at least 0");
}

CLI::Validator above_zero() {
  return number_where([](double value) { return value > 0; }, "must be above 0");
}

void add_gate_options(CLI::App& verb, Options& options) {
  auto& gate = options.compare.gate;
  verb.add_option("--alpha", gate.alpha, "probability of a false alarm, over all tasks together")
      ->capture_default_str()
      ->check(finite_number() & CLI::Range(1e-9, 0.5));
  verb.add_option(both_spellings("--max-drop"), options.max_drop,
                  "points (hundredths of a score) beyond which a drop is a regression, however "
                  "probable it is")
      ->check(at_least_zero());
  verb.add_option(both_spellings("--task-tolerance"), options.tolerances,
                  "TASK=POINTS, repeatable: what a task may lose; * stands for every task");
  verb.add_option(both_spellings("--max-slowdown"), options.max_slowdown,
                  "ratio of times beyond which a slower run is a regression; without it times "
                  "inform only")
      ->check(above_zero());
  verb.add_option(both_spellings("--min-throughput"), options.min_throughput,
                  "ratio of rows a second, new / base, below which a run is a regression; without "
                  "it they inform only")
      ->check(above_zero());
  verb.add_option("--seed", gate.resampling.seed, "of sampled permutations and bootstraps")
      ->capture_default_str();
  verb.add_option("--resamples", gate.resampling.num_resamples, "how many of them")
      ->capture_default_str()
      ->check(CLI::Range(99, 10000000));
}

}  // namespace

void add_compare(CLI::App& app, Action& action) {
  auto options = std::make_shared<Options>();
  auto* verb = app.add_subcommand("compare", "is a run worse than a baseline: the gate for CI");
  verb->add_option("BASE", options->base, "folder of the baseline's run")->required();
  verb->add_option("NEW", options->next, "folder of the run in question")->required();
  verb->add_option("--baseline", options->more_baselines, "a further baseline, repeatable");
  verb->add_option("--tasks", options->tasks,
                   "only these, by name, group or as task.profile; default: all of the baseline's");
  add_gate_options(*verb, *options);
  verb->add_option("--rows", options->compare.num_changed_rows,
                   "changed rows shown of each task, lost ones first")
      ->capture_default_str()
      ->check(CLI::Range(0, 1000000));
  verb->add_option("--junit", options->junit, "write JUnit XML to this file");
  verb->add_option("--markdown", options->markdown, "write a summary for a pull request here");
  verb->add_flag("--json", options->as_json, "for machines");
  add_example(*verb,
              "mono-eval compare baseline/mono runs/mono --max-drop 1 --junit gate.xml --markdown "
              "gate.md");
  verb->callback([options, &action] { action = [options] { return compare(*options); }; });
}

}  // namespace mono::evaluator
