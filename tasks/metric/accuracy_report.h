#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// VLMEvalKit's table of accuracies over the counted rows: for each split `Overall`, then each
/// l2-category and category of the whole set, in [0, 1]; NaN where the split has no such row. A
/// set without splits is one split `none`; of several, `main_split` comes first, and stands there
/// empty where the set has other splits only.
/// Rule: open-compass/VLMEvalKit@e8e78f05 vlmeval/dataset/utils/multiple_choice.py, report_acc.
/// \throws model::SetupError if no row counts.
std::vector<Metric> accuracy_report(std::span<const Row> rows, std::string_view task,
                                    std::string_view main_split);

/// The split whose `Overall` stands first; "" where the rows have no splits.
std::string headline_split(std::span<const Row> rows, std::string_view main_split);

/// A sample of that split for a row that failed before its own was known.
/// \returns nothing where the row has one, or there are no splits.
std::optional<Sample> in_headline_split(const Row& row, std::span<const Row> rows,
                                        std::string_view main_split);

/// Begins `Score::how` of a row whose options were made from its accepted answer.
inline constexpr std::string_view kRewritten = "rewritten ";

/// How many scored rows have no answer among options of their own: none could be read, or the
/// options were made from the accepted answer.
Metric undecided_rows(std::span<const Row> rows);

}  // namespace mono::tasks
