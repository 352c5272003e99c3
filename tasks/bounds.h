#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/task.h"

/// What tasks work out the bounds of their main metric with.
namespace mono::tasks {

/// The end of the bounds that is worked out.
enum class End { kLow, kHigh };

/// Whether nothing can change what a row came to.
bool is_settled(const Row& row);

/// Whether a row failed before its split, or category, was known.
bool has_lost(const Row& row, std::string Sample::*field);

/// A sample of that split for a row that failed before its own was known.
/// \returns nothing where the row has one.
std::optional<Sample> in_split_if_lost(const Row& row, std::string_view split);

/// The rows, those that are not settled with the worst or the best verdict, put where they count.
std::vector<Row> settled_rows(const Task& task, const Profile& profile, std::span<const Row> rows,
                              End end);

/// The main metric of rows that are all settled.
double main_value(const Task& task, const Profile& profile, std::span<const Row> rows);

/// What a group comes to with so many more rows, at the end that is worked out.
using GroupValue = std::function<double(int num_more)>;

/// The least or greatest sum over groups, with `num_rows` rows of which nobody knows the group.
/// \param groups  Each further row moves a group by no more than the one before it.
double extreme_sum(std::span<const GroupValue> groups, int num_rows, End end);

}  // namespace mono::tasks
