#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "evaluator/report.h"
#include "evaluator/run_task.h"

namespace mono::evaluator {

/// "textvqa.vek": a task in a recipe, the name of its folder and of its results.
std::string task_label(const TaskPlan& plan);

/// What is known of a task before its first answer: names, versions, files, "status": "partial".
nlohmann::ordered_json planned_task_json(const TaskPlan& plan);

/// The same of a finished one, with rows, main metric and its cell of the published table.
/// \param folder  of the model, in which the task's samples file lies; its rows give the interval.
nlohmann::ordered_json finished_task_json(const RunResult& result,
                                          const std::filesystem::path& folder);

}  // namespace mono::evaluator
