#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tasks/reader/predictions.h"

namespace mono::tasks {

/// Reads VLMEvalKit's spreadsheet of predictions, or one of InternVL's MMBench scripts: the
/// dataset's columns and `prediction`, typed column by column as pandas reads them back, or, where
/// the profile keeps texts, as they stand there. A row that alone cannot be used is a failed row.
/// \param has_samples  The caller hands the rows to `with_sheet_cells`, which checks their answers.
/// \throws model::SetupError if it is no spreadsheet, or has no column `prediction`.
PredictionSet read_sheet_predictions(const std::filesystem::path& path, const Task& task,
                                     const Profile& profile, bool has_samples);

/// Rows of a spreadsheet beside the samples of the dataset: a row is scored with the sheet's own
/// cells, as VLMEvalKit does, and the sample's in columns the sheet does not have. An answer that
/// is not the sample's has to be one of the row's options. Of rows with one id the first counts,
/// the others are failed rows of their own.
/// \throws model::SetupError if a row has no sample, or most have other questions than theirs.
std::vector<Row> with_sheet_cells(std::vector<Row> rows,
                                  std::span<const std::shared_ptr<const Sample>> samples,
                                  const Task& task, const std::string& file);

}  // namespace mono::tasks
