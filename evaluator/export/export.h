#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/task.h"

/// Predictions in the files of other tools.
namespace mono::evaluator {

/// What `write_predictions` can write: "samples", "vlmevalkit-tsv", "vlmevalkit-xlsx",
/// "internvl-json", "lmms-eval", "lm-eval".
const std::vector<std::string>& export_formats();

/// Writes predictions as another tool's file, so that the tool, or `score`, gives the same numbers
/// on it. Failed rows are left out; where the format knows rows by their order alone, they are an
/// error, and so is what the format has no place for: stored extractions.
/// `internvl-json` is a folder for MME, a file for the others. \param profile  Whose result sheet
/// the spreadsheet is. \returns how many rows were written. \throws UsageError for an unknown
/// format, or one that the benchmark does not have; SetupError if
///   the file cannot be written, a failed row stands in the way, something would be lost, or the
///   rows hold grades and no responses.
size_t write_predictions(const std::string& format, const std::filesystem::path& path,
                         std::span<const tasks::Row> rows, const tasks::Task& task,
                         const tasks::Profile& profile);

/// The columns a sample has in files: its cells, and question and accepted answers where it has
/// them but no cell of theirs.
std::vector<std::string> written_columns(const tasks::Sample& sample);

/// A sample's cell of one of those columns; missing where it has none of that name. An accepted
/// answer that pandas took for missing is `None`, for an empty cell would be no answer.
tasks::Cell written_cell(const tasks::Sample& sample, std::string_view name);

// The formats, one function each; `rows` have no failed row.
std::string samples_text(std::span<const tasks::Row> rows, const tasks::Task& task,
                         const tasks::Profile& profile);
std::string vlmevalkit_tsv_text(std::span<const tasks::Row> rows);
void write_vlmevalkit_xlsx(const std::filesystem::path& path, std::span<const tasks::Row> rows,
                           const tasks::Profile& profile);
std::string lm_eval_text(std::span<const tasks::Row> rows);
std::string lmms_eval_text(std::span<const tasks::Row> rows);

/// Whether InternVL's script for the benchmark writes rows without an id.
bool internvl_goes_by_order(std::string_view task);
/// \throws UsageError if InternVL's script for the benchmark writes no such file.
void write_internvl(const std::filesystem::path& path, std::span<const tasks::Row> rows,
                    const tasks::Task& task, const tasks::Profile& profile);

}  // namespace mono::evaluator
