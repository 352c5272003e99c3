#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tasks/task.h"

/// Circular evaluation of MMBench and CCBench: a question counts only if it is answered rightly
/// under every rotation of its options. Rotation k of question b has the index b + k * 10^6.
/// Rule: open-compass/VLMEvalKit@e8e78f05 vlmeval/dataset/utils/multiple_choice.py.
namespace mono::tasks {

/// What is wrong with a sample's id; "" where it is an index.
std::string circular_fault(const Sample& sample);

/// Whether the row is a question as it stands, not a rotated copy; one without an index of its own
/// is taken for a question.
bool is_base_row(const Sample& sample);

/// The question a row asks, by its base index.
/// \throws model::SetupError if its id is no index.
int64_t group_of(const Sample& sample);

/// The questions of which a row has an error, by base index: the first such row's id.
std::unordered_map<int64_t, std::string> failed_groups(std::span<const Row> rows);

/// Reads each row's letter and judges each group of rotations. The base row's score is the
/// group's, with the reference's log line; a rotation's is its own and is not counted. Where no
/// row read is wrong and some could not be read, a judge is asked about these in the order of
/// their indices, until one is wrong; without a judge the group is unparsed. A group with a row
/// that has an error is not judged: its base row is `kFailed`, its rotations are read all the same.
/// \throws model::SetupError if an id is no index.
std::vector<std::optional<Score>> score_circular(std::span<const Row> rows, const Profile& profile,
                                                 Judge& judge);

/// The accuracies over base rows, then the number of undecided rows and of groups.
/// \throws model::SetupError if no group is judged.
std::vector<Metric> circular_metrics(std::span<const Row> rows, std::string_view task,
                                     std::string_view main_split);

}  // namespace mono::tasks
