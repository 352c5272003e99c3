#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tasks/task.h"

/// Multiple-choice rows and judges for tests.
namespace mono::tests {

/// A row with options A, B ..., its answer and the model's response.
inline tasks::Row choice_row(const std::string& id, const std::vector<std::string>& options,
                             const std::string& answer, const std::string& response) {
  auto sample = std::make_shared<tasks::Sample>();
  sample->id = id;
  sample->question = "q";
  sample->cells = {{"question", std::string("q")}};
  for (size_t i = 0; i < options.size(); ++i) {
    const char letter = static_cast<char>('A' + i);
    sample->choices.push_back({letter, options[i]});
    sample->cells.emplace_back(std::string(1, letter), options[i]);
  }
  if (!answer.empty()) {
    sample->targets = {answer};
    sample->cells.emplace_back("answer", answer);
  }
  return {.sample = std::move(sample), .response = response};
}

/// Gives each sample's replies one after the other, and none when they are used up.
class ScriptedJudge final : public tasks::Judge {
 public:
  using Replies = std::map<std::string, std::vector<std::string>>;

  explicit ScriptedJudge(Replies replies) : replies_(std::move(replies)) {}

  bool is_present() const override { return true; }
  std::optional<tasks::JudgeExchange> ask(const tasks::JudgeCall& call) override {
    calls.push_back(call);
    const auto& replies = replies_[call.sample_id];
    const auto attempt = static_cast<size_t>(call.attempt);
    if (attempt >= replies.size()) return std::nullopt;
    return tasks::JudgeExchange{.reply = replies[attempt]};
  }

  std::vector<tasks::JudgeCall> calls{};

 private:
  Replies replies_;
};

}  // namespace mono::tests
