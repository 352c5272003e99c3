#pragma once

#include <map>
#include <span>
#include <string>

#include "tasks/metric/mme_counts.h"

namespace mono::tasks {

/// The lines of each of MME's tasks as InternVL's script pairs them, 1 and 2, 3 and 4, without rows
/// that repeat an earlier one. A line of which nothing is left is of the task whose last picture
/// waits for a second line, else of the next line's; it takes no place where the lines around it
/// are a pair without it: it is noise, no torn line.
std::map<std::string, RowsOfTask> lines_by_mme_task(std::span<const Row> rows);

}  // namespace mono::tasks
