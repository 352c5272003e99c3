#include "tasks/reader/sheet_writer.h"

#include <xlsxwriter.h>

#include "model/adapter.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

/// Writes one kind of cell; numbers as doubles with 16 digits, as the format has them.
struct CellWriter {
  lxw_worksheet* sheet;
  lxw_row_t row;
  lxw_col_t column;

  lxw_error operator()(std::monostate) const { return LXW_NO_ERROR; }
  lxw_error operator()(bool value) const {
    return worksheet_write_boolean(sheet, row, column, value ? 1 : 0, nullptr);
  }
  lxw_error operator()(std::string_view text) const {
    if (text.empty()) return LXW_NO_ERROR;
    return worksheet_write_string(sheet, row, column, std::string(text).c_str(), nullptr);
  }
  template <typename Number>
  lxw_error operator()(Number value) const {
    return worksheet_write_number(sheet, row, column, static_cast<double>(value), nullptr);
  }
};

}  // namespace

void write_sheet_file(const std::filesystem::path& path, std::span<const std::string> names,
                      std::span<const std::vector<CellView>> columns) {
  lxw_workbook* const book = workbook_new(path.c_str());
  if (book == nullptr) model::fail(path.string(), ": cannot write a spreadsheet");
  lxw_worksheet* const sheet = workbook_add_worksheet(book, nullptr);
  auto error = sheet == nullptr ? LXW_ERROR_MEMORY_MALLOC_FAILED : LXW_NO_ERROR;
  const auto keep_first = [&](lxw_error next) {
    if (error == LXW_NO_ERROR) error = next;
  };
  for (size_t column = 0; error == LXW_NO_ERROR && column < names.size(); ++column) {
    const auto place = static_cast<lxw_col_t>(column);
    keep_first(CellWriter{sheet, 0, place}(std::string_view(names[column])));
    for (size_t row = 0; row < columns[column].size(); ++row) {
      const CellWriter writer{sheet, static_cast<lxw_row_t>(row + 1), place};
      keep_first(std::visit(writer, columns[column][row]));
    }
  }
  const auto closed = workbook_close(book);
  keep_first(closed);
  if (error != LXW_NO_ERROR) {
    model::fail(path.string(), ": cannot write the spreadsheet: ", lxw_strerror(error));
  }
}

}  // namespace mono::tasks
