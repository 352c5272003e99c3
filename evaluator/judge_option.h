#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tasks/reader/judge_replies.h"
#include "tasks/task.h"

namespace CLI {
class App;
}

namespace mono::evaluator {

/// What stands behind `--judge` and `--judge-prompts`.
struct JudgeOptions {
  std::string judge = "none";  // or `replay:FILE`
  std::string prompts{};       // folder; "" stands for the environment's MONO_JUDGE_PROMPTS
};

void add_judge_options(CLI::App& verb, JudgeOptions& options);

/// The judge of one task.
class JudgeStage {
 public:
  /// \param is_only_task  Records that name no task are this one's; else they are an error.
  /// \throws model::UsageError for a judge that is neither `none` nor `replay:FILE`: a live one is
  ///         not built; model::SetupError if the file or the prompts cannot be read, or the only
  ///         task has no record.
  JudgeStage(const JudgeOptions& options, const tasks::Task& task, bool is_only_task);

  /// The recorded judge; `no_judge()` where there is none, or no record for this task.
  tasks::Judge& judge();

  /// "none", or the file and how many of its replies were given and of their prompts verified.
  nlohmann::ordered_json json() const;
  std::string text() const;

 private:
  std::string file_{};
  std::unique_ptr<tasks::RecordedJudge> recorded_{};
};

/// Refuses a `--judge` that is not known, before anything is asked.
/// \throws model::UsageError as above.
void check_judge_option(const JudgeOptions& options);

}  // namespace mono::evaluator
