#include "evaluator/task_names.h"

#include <algorithm>

#include "model/adapter.h"
#include "results/averages.h"
#include "tasks/registry.h"
#include "tasks/text/python_text.h"

namespace mono::evaluator {

namespace {

const tasks::Task& task_or_groups(const std::string& name) {
  try {
    return tasks::task_named(name);
  } catch (const model::UsageError& cause) {
    std::string groups;
    for (const auto group : results::group_names()) groups.append(" ").append(group);
    model::fail<model::UsageError>(cause.what(), "; groups:", groups);
  }
}

}  // namespace

std::vector<std::string> expand_groups(const std::vector<std::string>& names) {
  std::vector<std::string> expanded;
  for (const auto& name : names) {
    const auto group = results::tasks_of_group(tasks::lower(name));
    expanded.insert(expanded.end(), group.begin(), group.end());
    if (group.empty()) expanded.push_back(name);
  }
  return expanded;
}

std::vector<const tasks::Task*> tasks_named(const std::vector<std::string>& names) {
  std::vector<const tasks::Task*> tasks;
  for (const auto& name : expand_groups(names)) {
    const auto* const task = &task_or_groups(name);
    if (std::find(tasks.begin(), tasks.end(), task) == tasks.end()) tasks.push_back(task);
  }
  return tasks;
}

}  // namespace mono::evaluator
