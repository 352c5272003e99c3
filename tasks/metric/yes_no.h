#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tasks/judge.h"
#include "tasks/profile.h"
#include "tasks/task.h"

/// VLMEvalKit's reading of yes/no answers.
/// Rule: open-compass/VLMEvalKit@e8e78f05 (and @be542791) vlmeval/dataset/utils/yorn.py.
namespace mono::tasks {

/// `Yes` where the lower-cased text without punctuation has the word `yes` and not `no`, `No` the
/// other way round, else `Unknown`.
std::string read_yes_no(std::string_view text, const VqaRules& rules);

/// Scores each answered row: 1 where what was read equals the cell `answer`. A judge, where there
/// is one, is asked about what is Unknown, up to five times until its reply reads Yes or No;
/// what stays Unknown is unparsed and wrong.
std::vector<std::optional<Score>> score_yes_no(std::span<const Row> rows, const Profile& profile,
                                               Judge& judge);

/// What is wrong with an accepted answer that is neither yes nor no in any case, without its place;
/// "" where nothing is, or where the sample has none.
std::string yes_no_fault(const Sample& sample);

/// How many accepted answers are a yes or no that VLMEvalKit cannot match, for it compares `Yes`
/// and `No` as they are, and the first of them. Nothing where none is.
std::vector<std::string> unmatched_answers(std::span<const Row> rows);

/// How many rows read as that answer.
Metric num_rows_metric(std::string name, std::span<const Row> rows, std::string_view answer);

}  // namespace mono::tasks
