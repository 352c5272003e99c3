#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/task.h"

/// InternVL's multiple-choice scripts, which reduce each response to a letter, or to the stripped
/// response where they find none. On some responses they stop with an IndexError: such a row is
/// unparsed, says so in `Score::how`, and enters no metric.
namespace mono::tasks {

/// The state of a row after its letter was read: unparsed if it is none of the options. Files of
/// predictions alone may hold no options; any capital letter is one then.
ScoreState letter_state(std::string_view letter, std::span<const Choice> choices);

/// The score of a row on which the reference stops.
Score raising_score();

/// Each row's letter; a hit is one equal to the answer.
std::vector<std::optional<Score>> score_letters(std::span<const Row> rows, const Profile& profile);

/// `name`: the share of hits, added up from left to right, in [0, 1].
/// \throws model::SetupError if no row counts.
Metric share_of_hits(std::span<const Row> rows, std::string_view task, std::string name);

/// The share of letters that are right, and how many; not MMBench's or CCBench's score, which is
/// circular.
/// \throws model::SetupError if no row counts.
std::vector<Metric> letter_metrics(std::span<const Row> rows, std::string_view task);

}  // namespace mono::tasks
