#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tasks/reader/predictions.h"

namespace mono::tasks {

/// Whether an object is a row of a VLMEvalKit table with its prediction, whatever else it has.
bool is_table_row(const nlohmann::json& row);

/// "vila-jsonl" (a row of a VLMEvalKit table with its prediction), "llava-jsonl" or "samples-jsonl"
/// (our own), by the fields of one line; "" where they are those of none.
std::string line_format(const nlohmann::json& row);

/// Reads JSON Lines of one of those formats; a line that has the fields of one says which. A line
/// that cannot be used is a failed row: under its id where it has one, else as `line <number>`. A
/// prediction that is null is no text; in a row of VLMEvalKit's table it is an empty cell.
/// \param has_samples  The caller joins the rows to samples, which hold questions and answers.
/// \throws model::SetupError with the first line's reason if no line can be used.
PredictionSet read_line_predictions(const std::filesystem::path& path, const Task& task,
                                    bool has_samples);

/// Whether a file that is one JSON list holds rows of a VLMEvalKit table.
/// \throws model::SetupError as `for_each_json_element` does.
bool holds_table_rows(const std::filesystem::path& path);

/// Reads such a list as `read_line_predictions` reads lines; an element that cannot be used is a
/// failed row.
PredictionSet read_table_list(const std::filesystem::path& path, const Task& task,
                              bool has_samples);

}  // namespace mono::tasks
