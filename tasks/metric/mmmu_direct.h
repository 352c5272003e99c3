#pragma once

#include <optional>
#include <span>
#include <vector>

#include "tasks/task.h"

/// How InternVL's scripts and MMMU's own judge answers, without VLMEvalKit's rewritten options.
namespace mono::tasks {

/// Where a set does not say it, a question without options is an open one.
bool is_open_question(const Sample& sample, bool has_choices);

/// The options without white space around their texts.
std::vector<Choice> stripped_choices(std::span<const Choice> choices);

/// Letters or open answers, compared with the accepted ones.
std::vector<std::optional<Score>> score_mmmu_directly(std::span<const Row> rows,
                                                      const Profile& profile);

}  // namespace mono::tasks
