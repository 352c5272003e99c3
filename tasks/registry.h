#pragma once

#include <string_view>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// All tasks, in the order of the report.
std::vector<const Task*> all_tasks();

/// The task of that name or alias, whatever its case.
/// \returns null if there is none.
const Task* find_task(std::string_view name);

/// The task of that name or alias, whatever its case.
/// \throws model::UsageError listing the known names.
const Task& task_named(std::string_view name);

}  // namespace mono::tasks
