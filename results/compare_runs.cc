#include "results/compare_runs.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "model/adapter.h"
#include "results/compare_decisions.h"
#include "results/differences.h"
#include "results/pairing.h"
#include "results/task_times.h"
#include "results/time_limits.h"

namespace mono::results {

using model::fail;
using nlohmann::ordered_json;

namespace {

std::string text_of(const ordered_json& row, const char* name) {
  const auto field = row.find(name);
  return field != row.end() && field->is_string() ? field->get<std::string>() : "";
}

ChangedRow changed_row(const RunTask& base, const RunTask& next, const ChangedPlace& place) {
  const auto before = sample_row_at(base.samples, place.base_offset);
  const auto now = sample_row_at(next.samples, place.next_offset);
  const auto score = [](const ordered_json& row) {
    const auto found = row.find("score");
    return found != row.end() && found->is_object() ? *found : ordered_json::object();
  };
  return {.id = text_of(before, "id"),
          .base_value = score(before).value("value", 0.0),
          .next_value = score(now).value("value", 0.0),
          .base_response = text_of(before, "response"),
          .next_response = text_of(now, "response"),
          .base_answer = text_of(score(before), "answer"),
          .next_answer = text_of(score(now), "answer"),
          .next_error = text_of(now, "error")};
}

/// Lost rows first, as many as were asked for.
std::vector<ChangedRow> changed_rows(const RunTask& base, const RunTask& next,
                                     const PairedRows& paired, size_t most) {
  std::vector<ChangedRow> changed;
  for (const auto* const places : {&paired.lost, &paired.gained}) {
    for (const auto& place : *places) {
      if (changed.size() < most) changed.push_back(changed_row(base, next, place));
    }
  }
  return changed;
}

bool is_called(const RunTask& task, const std::string& name) {
  return name == task.task || name == task.label;
}

bool is_selected(const RunTask& task, const CompareOptions& options) {
  return options.tasks.empty() ||
         std::any_of(options.tasks.begin(), options.tasks.end(),
                     [&](const std::string& name) { return is_called(task, name); });
}

/// The new run's task of that label; null, and a problem, if it is not there or not finished.
const RunTask* counterpart(const RunTask& base, const RunFolder& next,
                           std::vector<std::string>& problems) {
  const auto* const found = next.find(base.label);
  if (!base.is_complete) problems.push_back(base.label + ": the baseline is unfinished");
  if (found != nullptr && !found->is_complete) {
    problems.push_back(base.label + ": the new run is unfinished");
  }
  if (found != nullptr) return base.is_complete && found->is_complete ? found : nullptr;
  std::string others;
  for (const auto& task : next.tasks) {
    if (task.task == base.task) others += " " + task.profile;
  }
  problems.push_back(others.empty()
                         ? fmt::format("{}: missing in the new run", base.label)
                         : fmt::format("{}: profile: {} in the baseline,{} in the new run",
                                       base.label, base.profile, others));
  return nullptr;
}

class BaselineComparer {
 public:
  BaselineComparer(const RunFolder& next, const CompareOptions& options,
                   std::vector<std::string>& problems)
      : next_(next), options_(options), problems_(problems) {}

  BaselineComparison operator()(RunFolder base_run) {
    BaselineComparison result{.base = std::move(base_run)};
    check_finished(result.base, "the baseline");
    check_has_tasks(result.base);
    for (const auto& base : result.base.tasks) {
      if (!is_selected(base, options_)) continue;
      if (const auto* const next = counterpart(base, next_, problems_)) add(base, *next, result);
    }
    for (const auto& task : next_.tasks) {
      if (is_selected(task, options_) && result.base.find(task.label) == nullptr) {
        result.new_tasks.push_back(task.label);
      }
    }
    return result;
  }

  void check_finished(const RunFolder& run, const char* which) {
    if (run.is_complete || !options_.tasks.empty()) return;
    problems_.push_back(fmt::format("{} in {} is unfinished", which, run.folder.string()));
  }

 private:
  /// What was asked for by name must not pass because one of several baselines does not have it.
  void check_has_tasks(const RunFolder& base) {
    for (const auto& name : options_.tasks) {
      const auto is_it = [&](const RunTask& task) { return is_called(task, name); };
      if (std::any_of(base.tasks.begin(), base.tasks.end(), is_it)) continue;
      problems_.push_back(
          fmt::format("{}: missing in the baseline {}", name, base.folder.string()));
    }
  }

  void add(const RunTask& base, const RunTask& next, BaselineComparison& result) {
    const size_t num_problems = problems_.size();
    const auto paired = pair_rows(base, next, options_.num_changed_rows, problems_);
    if (problems_.size() > num_problems) return;
    TaskComparison comparison{
        .label = base.label,
        .task = base.task,
        .main_metric = next.main_metric,
        .base_main = base.main_value,
        .next_main = next.main_value,
        .images_by = paired.images_by,
        .num_responses_changed = paired.num_responses_changed,
        .num_failed_now = paired.num_failed_now,
        .num_failed_lost = paired.num_failed_lost,
        .num_left_out = paired.num_left_out,
        .num_failed_in_one_run = paired.num_failed_in_one_run,
        .num_answered_in_both = static_cast<int64_t>(paired.answered_ids.size()),
        .scores = compare_scores(paired.pairs, options_.gate)};
    comparison.scores.num_answered = paired.num_base_answered;
    comparison.scores.num_answers_lost = paired.num_answers_lost;
    comparison.changed =
        changed_rows(base, next, paired, static_cast<size_t>(options_.num_changed_rows));
    const auto machines = machine_difference(result.base.environments_of(base.label),
                                             next_.environments_of(base.label));
    compare_task_times(base, next, paired, machines, options_, comparison);
    add_differences(paired.base_header, paired.next_header, result.differences);
    if (base.judge != next.judge) {
      add_difference(base.label + " judge", base.judge, next.judge, result.differences);
    }
    result.tasks.push_back(std::move(comparison));
  }

  const RunFolder& next_;
  const CompareOptions& options_;
  std::vector<std::string>& problems_;
};

void check_names(const Comparison& comparison) {
  std::set<std::string> known = {"*"};
  for (const auto& baseline : comparison.baselines) {
    for (const auto& task : baseline.base.tasks) known.insert({task.task, task.label});
  }
  const auto check = [&](const std::string& name, const char* option) {
    if (!known.contains(name)) {
      fail<model::UsageError>(option, ": no baseline has a task '", name, "'");
    }
  };
  for (const auto& name : comparison.options.tasks) check(name, "--tasks");
  for (const auto& [name, points] : comparison.options.gate.tolerances) {
    check(name, "--task-tolerance");
  }
}

/// A run beside itself is always the same, and one that counts twice makes Holm stricter for all.
void check_different(std::span<const RunFolder> baselines, const RunFolder& next) {
  const auto check = [](const RunFolder& run, const RunFolder& other) {
    if (!std::filesystem::equivalent(run.folder, other.folder)) return;
    fail<model::UsageError>("compare: ", run.folder.string(), " and ", other.folder.string(),
                            " are one run; each of them must be another");
  };
  for (size_t i = 0; i < baselines.size(); ++i) {
    check(baselines[i], next);
    for (const auto& earlier : baselines.first(i)) check(earlier, baselines[i]);
  }
}

}  // namespace

Comparison compare_runs(std::span<const std::filesystem::path> baselines,
                        const std::filesystem::path& next, const CompareOptions& options) {
  Comparison comparison{.next = read_run_folder(next), .options = options};
  std::vector<RunFolder> runs;
  runs.reserve(baselines.size());
  for (const auto& baseline : baselines) runs.push_back(read_run_folder(baseline));
  check_different(runs, comparison.next);
  std::vector<std::string> problems;
  BaselineComparer compare(comparison.next, options, problems);
  compare.check_finished(comparison.next, "the new run");
  for (auto& run : runs) comparison.baselines.push_back(compare(std::move(run)));
  check_names(comparison);
  for (const auto& baseline : comparison.baselines) {
    if (problems.empty() && baseline.tasks.empty()) {
      problems.push_back(baseline.base.folder.string() + ": no task to compare");
    }
  }
  if (!problems.empty()) {
    std::string list;
    for (const auto& problem : problems) list += "\n  " + problem;
    fail("these runs cannot be compared:", list);
  }
  check_resamples(comparison);
  refuse_limits(comparison);
  decide_all(comparison);
  return comparison;
}

}  // namespace mono::results
