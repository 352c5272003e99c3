#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "tasks/reader/predictions.h"

/// Files that hold one JSON object, an entry an id, as benchmarks' own tools write them.
namespace mono::tasks {

/// Reads predictions in one object by id:
///  - `mathvista-json`: MathVista's and InternVL's result file, an entry the problem with its
///    `response` and, where it was extracted already, its `extraction`;
///  - `mmvet-grades-json`: what MM-Vet's grader stores, an entry with the list `score`, a run each;
///  - `mmvet-json`: what the grader takes, an entry the response.
/// More than half of the entries say which it is; an entry that cannot be used is a failed row, and
/// so is a question of MM-Vet without one.
/// Questions and ground truth of MM-Vet are those of the nearest `mm-vet.json` beside the file or
/// above it.
/// \param has_samples  The caller joins by id itself; no `mm-vet.json` is needed.
/// \returns nothing where the file holds no such object.
/// \throws model::SetupError naming file and entry if none can be used, or `mm-vet.json` is needed
///         and not there.
std::optional<PredictionSet> read_id_map(const std::filesystem::path& path, bool has_samples);

/// One of MathVista's problems as JSON, its `metadata` beside the other cells.
/// \throws model::SetupError "<where>: ..." if it has no id.
Sample math_sample(const nlohmann::json& problem, const std::string& where);

/// The nearest file of that name in a file's folder or the three above.
/// \returns an empty path if there is none.
std::filesystem::path find_beside(const std::filesystem::path& file, const std::string& name);

/// One of MM-Vet's questions as `mm-vet.json` holds it: capabilities joined by commas in
/// `category`.
Sample mmvet_sample(const std::string& id, const nlohmann::json& question,
                    const std::string& where);

}  // namespace mono::tasks
