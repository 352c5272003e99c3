#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "evaluator/judge_option.h"
#include "evaluator/progress.h"
#include "model/adapter.h"
#include "tasks/task.h"

namespace mono::evaluator {

/// One benchmark in one recipe, ready to be asked.
struct TaskPlan {
  const tasks::Task* task = nullptr;
  const tasks::Profile* profile = nullptr;
  tasks::Registration registration = tasks::Registration::kV20;
  std::vector<std::shared_ptr<const tasks::Sample>> samples{};  // those to ask, in dataset order
  size_t num_in_dataset = 0;
  std::string data_file{};
  std::string data_sha256{};
  int max_new_tokens = 0;  // caps what the profile allows; 0 leaves the profile as it is
  std::shared_ptr<JudgeStage> judge{};  // null where there is none
  /// Asks in a random order of this seed instead of dataset order, questions about the same
  /// pictures together. The finished files are the same.
  std::optional<uint64_t> shuffle_seed{};
};

/// What a run of one task came to.
struct TaskOutcome {
  std::vector<tasks::Row> rows{};        // in dataset order; those asked in an earlier run too
  std::vector<tasks::Metric> metrics{};  // empty where nothing could be scored
  size_t num_asked = 0;                  // in this run
  size_t num_failed = 0;                 // rows that hold an error
  bool is_complete = false;              // false if a signal stopped it
};

/// Asks every sample that the folder's samples.jsonl does not hold yet, as many at a time as the
/// adapter takes, writes each row as soon as it is answered, and, once all are there, scores them
/// and rewrites the file in dataset order with the verdicts. A row that failed in an earlier run is
/// asked again. Beside it goes the file that a grader elsewhere takes, where the benchmark has one.
///
/// \param before_asking  Called once before the first row is asked; not where all rows are there.
/// \param folder  Gets samples.jsonl and timings.jsonl; made if absent.
/// \param resumes False starts over: rows of an earlier run are deleted.
/// \throws SetupError if the folder cannot be written, belongs to another checkpoint, profile or
///   data, or is in use by another process.
TaskOutcome run_task(model::ModelAdapter& adapter, const TaskPlan& plan,
                     const std::filesystem::path& folder, bool resumes, const std::string& title,
                     const std::function<void()>& before_asking);

}  // namespace mono::evaluator
