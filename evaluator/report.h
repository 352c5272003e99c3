#pragma once

#include <string>
#include <vector>

#include "evaluator/run_task.h"
#include "results/summary.h"

namespace mono::evaluator {

/// One model on one benchmark, finished.
struct RunResult {
  std::string model{};
  model::AdapterInfo info{};
  TaskPlan plan{};
  TaskOutcome outcome{};
};

/// Says that answers were cut shorter than the profile does: " (<=16 tokens)"; "" where they were
/// not.
std::string cap_mark(const TaskPlan& plan);

/// Says that not all rows were asked: " (5 of 1000 rows)"; "" where they were.
std::string rows_mark(const TaskPlan& plan);

/// The table a run ends with: each model's main metrics beside the numbers published for
/// `published_model`, and below them the averages of the published table.
std::string table_text(const std::vector<RunResult>& results, const std::string& published_model);

/// All metrics of all results, as results.json holds them.
std::string results_json(const std::vector<RunResult>& results);

/// What results.json says of one model's results, but for when and where they were made.
results::RunSummary run_summary(const std::vector<RunResult>& results, const std::string& model);

}  // namespace mono::evaluator
