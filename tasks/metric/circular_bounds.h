#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "tasks/task.h"

/// What rows that failed can do to questions that are asked in several rotations.
namespace mono::tasks {

/// The rows, those questions as good as wrong of which the row itself failed and a rotation was
/// read and is wrong.
std::vector<Row> with_known_misses(std::span<const Row> rows);

/// Where a set has rotations, a row that failed before its index was known may be one: it makes a
/// question of `split` wrong that would be right, and is none itself.
void miss_by_lost_rotations(std::vector<Row>& settled, std::string_view split);

}  // namespace mono::tasks
