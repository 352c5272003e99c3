#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "evaluator/run_task.h"

namespace mono::evaluator {

/// One model on one benchmark, finished.
struct RunResult {
  std::string model{};
  model::AdapterInfo info{};
  TaskPlan plan{};
  TaskOutcome outcome{};
};

/// The table a run ends with: each model's main metrics beside the numbers published for
/// `published_model`.
std::string table_text(const std::vector<RunResult>& results, const std::string& published_model);

/// All metrics of all results, as results.json holds them.
std::string results_json(const std::vector<RunResult>& results);

/// Writes the results of one model to a file, atomically.
/// \throws SetupError if it cannot be written.
void write_results(const std::filesystem::path& path, const std::vector<RunResult>& results,
                   const std::string& model);

}  // namespace mono::evaluator
