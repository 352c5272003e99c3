#include "tasks/metric/option_judge.h"

#include <utility>

#include "tasks/metric/option_letter.h"
#include "tasks/pipeline/message.h"

namespace mono::tasks {
namespace {

constexpr int kMaxAttempts = 3;

std::string option_lines(std::span<const Choice> choices) {
  std::string text = "There are several options: \n";
  for (const auto& choice : choices) {
    text.append(1, choice.letter).append(". ").append(choice.text).append("\n");
  }
  return text;
}

}  // namespace

JudgeCall option_call(std::string sample_id, std::string_view question,
                      std::span<const Choice> choices, std::string_view prediction) {
  return {.sample_id = std::move(sample_id),
          .prompt = has_chinese(question) ? "vek-option-zh" : "vek-option-en",
          .slots = {std::string(question), option_lines(choices), std::string(prediction)}};
}

std::string_view JudgedOption::reply() const {
  return letter ? std::string_view(asked.back().reply) : "";
}

JudgedOption ask_for_option(JudgeCall call, std::span<const Choice> choices,
                            const LetterRules& rules, Judge& judge) {
  JudgedOption result;
  for (call.attempt = 0; call.attempt < kMaxAttempts; ++call.attempt) {
    auto exchange = judge.ask(call);
    if (!exchange) {
      result.state = ScoreState::kUnscored;
      return result;
    }
    result.asked.push_back(std::move(*exchange));
    const std::string_view reply = result.asked.back().reply;
    if (is_failed_reply(reply)) continue;
    result.letter = infer_option(reply, choices, rules).letter;
    if (result.letter) return result;
  }
  result.state = ScoreState::kUnparsed;
  return result;
}

void apply_judged(const JudgedOption& judged, std::string_view target, Score& score) {
  score.state = judged.state;
  score.asked = judged.asked;
  score.how = "judge";
  if (!judged.letter) return;
  score.answer = std::string(1, *judged.letter);
  score.value = score.answer == target ? 1 : 0;
}

}  // namespace mono::tasks
