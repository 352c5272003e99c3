#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tasks/judge.h"
#include "tasks/profile.h"
#include "tasks/task.h"

namespace mono::tasks {

/// What is put to VLMEvalKit's judge about one response.
JudgeCall math_extraction_call(const std::string& sample_id, std::string question,
                               std::string prediction);

/// VLMEvalKit's reading of MathVista: an inferred letter, right or wrong, or a number equal to the
/// answer and not 0, is taken without a judge; anything else is put to one, five times at most,
/// until it replies. Results pass through the result sheet and are compared again. A list is never
/// right. Rows that need a judge and get none are unscored; their step `rule_extracted` says
/// whether a reading by rules alone would be right.
/// Rule: open-compass/VLMEvalKit@e8e78f05 (and @be542791) vlmeval/dataset/utils/mathvista.py.
std::vector<std::optional<Score>> score_math_as_vlmevalkit(std::span<const Row> rows,
                                                           const Profile& profile, Judge& judge);

}  // namespace mono::tasks
