#include "tasks/reader/judge_replies.h"

#include <algorithm>

#include "model/adapter.h"

namespace mono::tasks {

RecordedJudge::RecordedJudge(const std::vector<JudgeRecord>& records) {
  for (const auto& record : records) {
    if (record.replies.empty()) {
      model::fail("judge replies: sample '", record.sample_id, "' has no reply");
    }
    auto& replies = by_prompt_[record.prompt_sha256];
    if (replies == nullptr) {
      replies = std::make_shared<Replies>(Replies{record.prompt_sha256, record.replies});
    }
    if (!by_sample_.emplace(record.sample_id, replies).second) {
      model::fail("judge replies: sample '", record.sample_id, "' is recorded twice");
    }
  }
}

std::optional<JudgeExchange> RecordedJudge::ask(const JudgeCall& call) {
  const auto found = by_sample_.find(call.sample_id);
  if (found == by_sample_.end()) return std::nullopt;
  auto& replies = *found->second;
  const auto position = std::min(replies.num_given, replies.texts.size() - 1);
  ++replies.num_given;
  return JudgeExchange{.prompt_sha256 = replies.prompt_sha256,
                       .reply = replies.texts[position],
                       .temperature = call.temperature};
}

}  // namespace mono::tasks
