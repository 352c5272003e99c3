#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "tasks/profile.h"
#include "tasks/sample.h"

namespace mono::tasks {

/// An option letter found in an answer. `Z` stands for a refusal.
struct LetterReading {
  std::optional<char> letter{};
  std::string step = "none";  // what decided: "letter", "text" or "none"
};

/// VLMEvalKit's reading of a multiple-choice answer: option letters as whole tokens first, then
/// option texts inside the answer.
/// Rule: open-compass/VLMEvalKit@e8e78f05 (and @be542791) vlmeval/utils/matching_util.py.
LetterReading infer_option(std::string_view answer, std::span<const Choice> choices,
                           const LetterRules& rules);

/// InternVL's reading of a multiple-choice answer: a single character, else a leading option
/// letter, else the first option whose text is in the answer, else the stripped answer itself.
/// \returns nothing for a blank answer, on which the reference stops with an IndexError.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/mmbench/evaluate_mmbench.py.
std::optional<std::string> read_internvl_letter(std::string_view answer,
                                                std::span<const Choice> choices);

}  // namespace mono::tasks
