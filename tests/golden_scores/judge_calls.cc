#include "tests/golden_scores/judge_calls.h"

#include <cstdlib>

#include "tasks/text/python_text.h"
#include "tasks/text/sha256.h"

namespace mono::tests {

const tasks::JudgePrompts& judge_prompts() {
  static const auto prompts = [] {
    const char* const folder = std::getenv("MONO_JUDGE_PROMPTS");
    return folder == nullptr ? tasks::JudgePrompts() : tasks::JudgePrompts(folder);
  }();
  return prompts;
}

PromptCounts& prompt_counts() {
  static PromptCounts counts;
  return counts;
}

std::string prompt_difference(const tasks::JudgeCall& call, const nlohmann::json& expected) {
  auto prompt = judge_prompts().prompt(call);
  if (!prompt) {
    ++prompt_counts().not_compared;
    return "";
  }
  ++prompt_counts().compared;
  *prompt += call.suffix;
  nlohmann::json actual = {{"sha256", tasks::sha256_hex(*prompt)}};
  if (expected.contains("chars")) actual["chars"] = tasks::length(*prompt);
  if (actual == expected) return "";
  return "prompt of " + std::string(call.prompt) + ": expected " + expected.dump() + ", got " +
         actual.dump();
}

}  // namespace mono::tests
