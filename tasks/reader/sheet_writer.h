#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "tasks/pipeline/result_sheet.h"

namespace mono::tasks {

/// Writes an .xlsx file of one sheet: a header row, then each column's cells as they are; missing
/// ones stay empty.
/// \param columns  One list of cells a name, all of one length.
/// \throws model::SetupError if the file cannot be written.
void write_sheet_file(const std::filesystem::path& path, std::span<const std::string> names,
                      std::span<const std::vector<CellView>> columns);

}  // namespace mono::tasks
