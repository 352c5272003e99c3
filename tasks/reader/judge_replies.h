#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tasks/judge.h"
#include "tasks/judge_prompts.h"

namespace mono::tasks {

/// What a judge answered about a sample, in order of attempts.
struct JudgeRecord {
  std::string sample_id{};
  std::string prompt_sha256{};  // of the UTF-8 prompt, without a suffix; "" if not recorded
  std::vector<std::string> replies{};
  int run = 0;
};

/// Reads a file of records, JSON Lines:
///
///   {"id": "v1_2", "prompt_sha256": "808a...", "replies": ["abc", "0.5"], "run": 0, "task":
///   "mmvet"}
///
/// `replies` in order of attempts, null where the call failed. `prompt_sha256`, `run` (0) and
/// `task` may be absent; records that name another task are passed over. \param task          Name
/// of a task; `task` in the file may be an alias of it. \param is_only_task  Records that name no
/// task are this one's; else they are an error. \throws model::SetupError naming file and line of
/// what is no record.
std::vector<JudgeRecord> read_judge_records(const std::filesystem::path& path,
                                            std::string_view task, bool is_only_task = true);

/// A judge that repeats what was once answered. Samples whose prompts and replies are equal share
/// one list of replies and its counter of attempts, as a recorder between a scorer and its judge
/// sees them; the last reply repeats.
class RecordedJudge final : public Judge {
 public:
  /// \param prompts  Texts against which a call's prompt is checked, where they are at hand.
  /// \throws model::SetupError if a sample has two records of one run, or one has no reply.
  explicit RecordedJudge(const std::vector<JudgeRecord>& records, JudgePrompts prompts = {});

  bool is_present() const override { return true; }
  std::optional<JudgeExchange> ask(const JudgeCall& call) override;

  /// Calls that were answered, and those among them whose prompt was found equal to the recorded
  /// one.
  int num_answered() const { return num_answered_; }
  int num_verified() const { return num_verified_; }

 private:
  struct Replies {
    std::string prompt_sha256{};
    std::vector<std::string> texts{};
    size_t num_given = 0;
  };
  using Key = std::pair<std::string, int>;

  void verify(const JudgeCall& call, const Replies& replies);

  JudgePrompts prompts_;
  std::map<Key, std::shared_ptr<Replies>> by_sample_{};  // by id and run
  int num_answered_ = 0;
  int num_verified_ = 0;
};

}  // namespace mono::tasks
