#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "evaluator/run_task.h"
#include "model/adapter.h"
#include "results/run_log.h"

namespace mono::evaluator {

inline constexpr const char* kSamplesFile = "samples.jsonl";

/// What must not change within one samples file.
nlohmann::ordered_json samples_header(const model::AdapterInfo& info, const TaskPlan& plan);

/// Whether a row of a samples file has no response.
bool has_error(const nlohmann::ordered_json& row);

/// A whole samples file.
std::string samples_text(const nlohmann::ordered_json& header,
                         const std::vector<nlohmann::ordered_json>& rows);

/// Opens a samples file or begins one; rows that failed in an earlier run are taken out first, so
/// that they are asked again.
/// \throws SetupError as results::RunLog.
results::RunLog open_samples(const std::filesystem::path& path,
                             const nlohmann::ordered_json& header);

/// Looks whether the folder's samples.jsonl, if there is one, is of this run, before anything of
/// the run is written; rows that failed and a torn last line are taken out. \throws SetupError if
/// it belongs to another checkpoint, profile or data.
void check_log(const model::AdapterInfo& info, const TaskPlan& plan,
               const std::filesystem::path& folder);

}  // namespace mono::evaluator
