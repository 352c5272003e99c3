#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "tasks/submission/submission.h"

namespace mono::tasks {

/// A table on its way to a spreadsheet.
struct Sheet {
  std::vector<std::string> columns{};
  std::vector<std::vector<Cell>> rows{};  // as many cells as columns each
};

/// InternVL's columns of a submission: the table's own without those that say where a question
/// comes from, `prediction` at the format's place.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/mmbench/evaluate_mmbench.py.
/// \throws model::SetupError if the table has fewer columns than that place needs.
std::vector<std::string> internvl_columns(const SubmissionFormat& format,
                                          std::span<const std::string> table_columns);

/// The spreadsheet of MMBench and CCBench. InternVL's profile writes one letter a row in its
/// columns; VLMEvalKit's all columns and, last, the answer as it is.
/// \param rows  Answered rows of one table.
Sheet mmbench_sheet(const SubmissionFormat& format, const Task& task, const Profile& profile,
                    std::span<const Row> rows);

/// Writes a sheet as .xlsx: numbers as numbers, missing cells empty, texts cut at what a cell
/// holds. \throws model::SetupError if the file cannot be written.
void write_xlsx(const std::filesystem::path& file, const Sheet& sheet);

}  // namespace mono::tasks
