#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/judge.h"
#include "tasks/profile.h"
#include "tasks/sample.h"
#include "tasks/task.h"

/// What VLMEvalKit asks a judge about a multiple-choice answer that its rules cannot read.
/// Rule: open-compass/VLMEvalKit@e8e78f05 vlmeval/dataset/utils/multiple_choice.py,
/// extract_answer_from_item; the Chinese template where the question holds a Chinese character.
namespace mono::tasks {

/// The question to the judge: slots question, options (a heading and a line each), prediction.
JudgeCall option_call(std::string sample_id, std::string_view question,
                      std::span<const Choice> choices, std::string_view prediction);

/// What a judge made of an answer.
struct JudgedOption {
  std::optional<char> letter{};  // `Z` for a refusal
  /// `kRead`; `kUnparsed` where three replies gave no letter and the reference draws an option
  /// without a seed; `kUnscored` where the judge gave no reply.
  ScoreState state = ScoreState::kRead;
  std::vector<JudgeExchange> asked{};

  /// The reply that was read; "" if none was.
  std::string_view reply() const;
};

/// Asks up to three times, until the profile's rules read a letter in the reply.
JudgedOption ask_for_option(JudgeCall call, std::span<const Choice> choices,
                            const LetterRules& rules, Judge& judge);

/// Puts what a judge made of an answer in its score: letter, hit or not, state, exchanges.
void apply_judged(const JudgedOption& judged, std::string_view target, Score& score);

}  // namespace mono::tasks
