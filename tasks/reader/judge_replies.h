#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "tasks/judge.h"

namespace mono::tasks {

/// What a judge answered about a sample, in order of attempts.
struct JudgeRecord {
  std::string sample_id{};
  std::string prompt_sha256{};  // of the UTF-8 prompt
  std::vector<std::string> replies{};
};

/// A judge that repeats what was once answered. Samples whose prompts are equal share one list of
/// replies and its counter of attempts, as a recorder between a scorer and its judge sees them; the
/// last reply repeats.
class RecordedJudge final : public Judge {
 public:
  /// \throws model::SetupError if a sample has two records, or one has no reply.
  explicit RecordedJudge(const std::vector<JudgeRecord>& records);

  bool is_present() const override { return true; }
  std::optional<JudgeExchange> ask(const JudgeCall& call) override;

 private:
  struct Replies {
    std::string prompt_sha256{};
    std::vector<std::string> texts{};
    size_t num_given = 0;
  };
  std::map<std::string, std::shared_ptr<Replies>> by_prompt_{};
  std::unordered_map<std::string, std::shared_ptr<Replies>> by_sample_{};
};

}  // namespace mono::tasks
