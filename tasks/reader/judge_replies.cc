#include "tasks/reader/judge_replies.h"

#include <algorithm>
#include <tuple>

#include "model/adapter.h"
#include "tasks/text/sha256.h"

namespace mono::tasks {

RecordedJudge::RecordedJudge(const std::vector<JudgeRecord>& records, JudgePrompts prompts)
    : prompts_(std::move(prompts)) {
  std::map<std::tuple<int, std::string, std::vector<std::string>>, std::shared_ptr<Replies>> shared;
  for (const auto& record : records) {
    if (record.replies.empty()) {
      model::fail("judge replies: sample '", record.sample_id, "' has no reply");
    }
    auto replies = std::make_shared<Replies>(Replies{record.prompt_sha256, record.replies});
    if (!record.prompt_sha256.empty()) {
      auto& equal = shared[{record.run, record.prompt_sha256, record.replies}];
      if (equal == nullptr) equal = replies;
      replies = equal;
    }
    if (!by_sample_.emplace(Key{record.sample_id, record.run}, replies).second) {
      model::fail("judge replies: sample '", record.sample_id, "' is recorded twice");
    }
  }
}

void RecordedJudge::verify(const JudgeCall& call, const Replies& replies) {
  const auto prompt = prompts_.prompt(call);
  if (!prompt || replies.prompt_sha256.empty()) return;
  const auto sha256 = sha256_hex(*prompt);
  if (sha256 != replies.prompt_sha256) {
    model::fail("judge replies: sample '", call.sample_id, "': recorded for a prompt with SHA-256 ",
                replies.prompt_sha256, ", but ", call.prompt, " would ask one with SHA-256 ",
                sha256, ": other question, response, profile or task");
  }
  ++num_verified_;
}

std::optional<JudgeExchange> RecordedJudge::ask(const JudgeCall& call) {
  const auto found = by_sample_.find(Key{call.sample_id, call.run});
  if (found == by_sample_.end()) return std::nullopt;
  auto& replies = *found->second;
  verify(call, replies);
  const auto position = std::min(replies.num_given, replies.texts.size() - 1);
  ++replies.num_given;
  ++num_answered_;
  return JudgeExchange{.prompt_sha256 = replies.prompt_sha256,
                       .reply = replies.texts[position],
                       .temperature = call.temperature};
}

}  // namespace mono::tasks
