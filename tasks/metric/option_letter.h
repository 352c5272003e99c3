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
  std::string_view step = "none";  // what decided: "letter", "text" or "none"
};

/// Whether this is what VLMEvalKit puts in the place of a reply that never came.
bool is_failed_reply(std::string_view reply);

/// VLMEvalKit's reading of a multiple-choice answer: option letters as whole tokens first, then
/// option texts inside the answer.
/// Rule: open-compass/VLMEvalKit@e8e78f05 (and @be542791) vlmeval/utils/matching_util.py.
LetterReading infer_option(std::string_view answer, std::span<const Choice> choices,
                           const LetterRules& rules);

/// InternVL's reading of a multiple-choice answer: a single character, else a leading option
/// letter, else the first option whose text is in the answer, else the stripped answer itself.
/// With `reads_marked_letters` also the character before a period and the one in brackets.
/// \returns nothing where the reference stops with an IndexError: for a blank answer, or, with
///          `reads_marked_letters`, for two characters of which the first is `(`.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/mmbench/evaluate_mmbench.py and, with
/// `reads_marked_letters`, internvl_chat/eval/scienceqa/evaluate_scienceqa.py.
std::optional<std::string> read_internvl_letter(std::string_view answer,
                                                std::span<const Choice> choices,
                                                const LetterRules& rules = {});

}  // namespace mono::tasks
