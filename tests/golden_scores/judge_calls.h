#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tasks/judge.h"
#include "tasks/judge_prompts.h"

/// What the golden test of scores knows of the questions put to a judge.
namespace mono::tests {

using JudgeCalls = std::map<std::string, std::vector<tasks::JudgeCall>>;  // by sample, in order

/// Passes calls on and keeps them.
class ListeningJudge final : public tasks::Judge {
 public:
  ListeningJudge(tasks::Judge& judge, JudgeCalls& calls) : judge_(judge), calls_(calls) {}

  bool is_present() const override { return judge_.is_present(); }
  std::optional<tasks::JudgeExchange> ask(const tasks::JudgeCall& call) override {
    calls_[call.sample_id].push_back(call);
    return judge_.ask(call);
  }

 private:
  tasks::Judge& judge_;
  JudgeCalls& calls_;
};

/// The templates in the folder that MONO_JUDGE_PROMPTS names; none where it is not set.
const tasks::JudgePrompts& judge_prompts();

/// How many recorded hashes of prompts were compared with those of prompts made here, and how many
/// were not, for want of the template's text.
struct PromptCounts {
  int compared = 0;
  int not_compared = 0;
};
PromptCounts& prompt_counts();

/// Compares a recorded prompt with the one a call asks, suffix included.
/// \param expected  `{"sha256": ..., "chars": ...}`; `chars` may be absent.
/// \returns the difference in words, "" if there is none or the text is not at hand.
std::string prompt_difference(const tasks::JudgeCall& call, const nlohmann::json& expected);

}  // namespace mono::tests
