#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluator/report.h"
#include "evaluator/run_task.h"
#include "results/file.h"

namespace mono::evaluator {

/// The folder of one model while a run writes it. One process at a time holds it. Its results.json
/// says "partial" from the first question to the last answer; tasks of earlier runs of the same
/// model stay in it.
class RunSession {
 public:
  /// Takes the folder; it is made if absent.
  /// \param plans  Of the whole run.
  /// \throws SetupError if another process holds it or the system refuses.
  RunSession(std::filesystem::path folder, std::string model, std::vector<TaskPlan> plans,
             std::optional<int> limit);

  /// To be called before a task's first question; the first call writes results.json.
  /// \throws SetupError if the folder holds other tasks of another checkpoint, or a file that this
  ///         program cannot read.
  void begin(const model::AdapterInfo& info);

  /// To be called between `begin` and the first row that is asked of a task: environment.json says
  /// from then on that rows of it were asked here.
  /// \param starts_over  No row of the task is left that was asked elsewhere, and it says so.
  /// \throws SetupError if the file is none of ours or cannot be written.
  void record_environment(const TaskPlan& plan, bool starts_over);

  /// Writes what is finished so far; "complete" once that is the whole run.
  void store(const std::vector<RunResult>& results);

 private:
  void take_folder();
  void read_earlier_results();
  nlohmann::ordered_json document(const std::vector<RunResult>& results) const;

  std::filesystem::path folder_;
  std::string model_;
  std::vector<TaskPlan> plans_;
  std::optional<int> limit_;
  results::FileDescriptor lock_{};
  bool has_begun_ = false;
  model::AdapterInfo info_{};
  nlohmann::ordered_json earlier_{};  // results.json as it was, without this run's tasks; or null
  nlohmann::ordered_json environment_{};                      // with all tasks of this run
  std::map<std::string, nlohmann::ordered_json> finished_{};  // tasks of this run, by label
  double start_seconds_ = 0;
};

}  // namespace mono::evaluator
