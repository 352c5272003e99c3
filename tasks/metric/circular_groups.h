#pragma once

#include <span>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// The questions of which a rotation is missing: a question is asked once for each of its options.
/// The fault is its first row's, or that of each of its rotations where they have no first row,
/// unless a row that lost its index may be that: rotations enter no number by themselves.
std::vector<RowFault> missing_rotations(std::span<const Row> rows);

}  // namespace mono::tasks
