#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluator/run_task.h"
#include "model/adapter.h"

namespace mono::evaluator {

/// Where and with what a run was made: program, libraries, machine, device, model, data, command.
/// Holds no time, so that a run that was killed and resumed has one environment.
nlohmann::ordered_json run_environment(const std::string& model, const model::AdapterInfo& info,
                                       const std::vector<TaskPlan>& plans);

/// The commit this program was built from, "-dirty" behind it where files had changed; "" where it
/// was not built in a repository.
std::string git_commit();

/// "Debian GNU/Linux 12, <processor>, <device>, libtorch ...": an environment for people.
std::string environment_text(const nlohmann::ordered_json& environment);

}  // namespace mono::evaluator
