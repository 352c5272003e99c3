#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "tasks/task.h"

/// Multiple-choice sets with one row a question: a hit is an option letter equal to the answer.
/// Rule: open-compass/VLMEvalKit@e8e78f05 vlmeval/dataset/utils/multiple_choice.py,
/// mcq_vanilla_eval.
namespace mono::tasks {

/// Reads each row's letter; where none can be read, a judge is asked, or the row is wrong.
std::vector<std::optional<Score>> score_choices(std::span<const Row> rows, const Profile& profile,
                                                Judge& judge);

/// The accuracies, then the number of undecided rows.
/// \throws model::SetupError if no row counts.
std::vector<Metric> choice_metrics(std::span<const Row> rows, std::string_view task,
                                   std::string_view main_split = "");

}  // namespace mono::tasks
