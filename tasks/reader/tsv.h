#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/reader/mapped_file.h"

namespace mono::tasks {

/// One field of a table, still as it stands in the file.
struct TsvField {
  std::string_view raw{};  // with its quotes

  bool is_quoted() const { return raw.starts_with('"'); }

  /// The text without quotes, `""` as one quote.
  std::string text() const;

  /// The text inside the mapped file.
  /// \returns nothing (null data) where quotes inside it keep it from standing there as it is.
  std::string_view text_in_file() const;
};

/// A tab-separated file as pandas 2.2 reads it, its fields still in the mapped file.
struct TsvTable {
  std::filesystem::path path{};
  std::shared_ptr<const MappedFile> file{};
  std::vector<std::string> columns{};  // a repeated name gets `.1`, `.2`; an empty one `Unnamed: 3`
  std::vector<TsvField> fields{};      // row by row, one a column; absent ones are empty
  std::vector<int64_t> lines{};        // where each row starts, from 1

  size_t num_rows() const { return lines.size(); }
  const TsvField& field(size_t row, size_t column) const {
    return fields[row * columns.size() + column];
  }

  /// \returns the column's position, -1 if there is none of that name.
  int column(std::string_view name) const;
};

/// Reads a table: byte order mark dropped, rows ended by `\n`, `\r\n` or `\r`, fields in double
/// quotes, rows without any character skipped, short rows filled up.
/// \throws model::SetupError with the line, on too many fields, an unclosed quote, or no row.
TsvTable read_tsv(const std::filesystem::path& path);

}  // namespace mono::tasks
