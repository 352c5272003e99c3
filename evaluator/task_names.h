#pragma once

#include <string>
#include <vector>

#include "tasks/task.h"

namespace mono::evaluator {

/// Names of a group, whatever their case, become those of its tasks; other names stay as they are.
std::vector<std::string> expand_groups(const std::vector<std::string>& names);

/// The tasks of names, aliases and groups, in order, each once.
/// \throws UsageError for a name that is none, listing the known ones.
std::vector<const tasks::Task*> tasks_named(const std::vector<std::string>& names);

}  // namespace mono::evaluator
