#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tasks/cell.h"

namespace mono::tasks {

/// The first sheet of an .xlsx file as openpyxl 3.1.5 hands it to pandas 2.2: a header row, cells
/// of their own types; pandas has neither typed a column nor taken a text for missing yet.
struct SheetFile {
  std::vector<std::string> columns{};     // repeated and empty names as `read_tsv` has them
  std::vector<std::vector<Cell>> rows{};  // one cell a column; an empty cell is missing
};

/// Reads a spreadsheet: shared, inline and formula texts, numbers, booleans, error values
/// (missing). \throws model::SetupError naming the part of the file that cannot be read.
SheetFile read_sheet_file(const std::filesystem::path& path);

/// Names a table's columns: a repeated name gets `.1`, `.2`, an empty one `Unnamed: <position>`.
std::vector<std::string> unique_column_names(std::vector<std::string> names);

}  // namespace mono::tasks
