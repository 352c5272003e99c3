#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "tasks/task.h"

/// SEED-Bench's leaderboard files: a JSON object a line, with `question_id`, `prediction` and
/// `gt_answer`, and a comma behind each line but the last. Some answer a question twice, and count
/// both: the second row of question 7 has the id `7#2`.
namespace mono::tasks {

/// Whether a file is one: a line of the first ones says so, and noise may stand before it.
bool is_seed_predictions(std::string_view text);

/// A line that alone cannot be used is a failed row.
/// \throws model::SetupError naming file and line if no line can be used.
std::vector<Row> read_seed_predictions(const std::filesystem::path& path);

}  // namespace mono::tasks
