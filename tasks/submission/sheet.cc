#include "tasks/submission/sheet.h"

#include <xlsxwriter.h>

#include <algorithm>
#include <array>
#include <fstream>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kPrediction = "prediction";
constexpr size_t kMaxCellLength = 32767;  // code points

bool is_dropped(const SubmissionFormat& format, std::string_view column) {
  constexpr std::array<std::string_view, 6> kMmBench = {"hint",  "category", "source",
                                                        "image", "comment",  "l2-category"};
  constexpr std::array<std::string_view, 2> kCcBench = {"category", "image"};
  const auto is_column = [&](std::string_view name) { return name == column; };
  return format.task == "ccbench" ? std::any_of(kCcBench.begin(), kCcBench.end(), is_column)
                                  : std::any_of(kMmBench.begin(), kMmBench.end(), is_column);
}

std::vector<std::string> table_columns(std::span<const Row> rows) {
  std::vector<std::string> columns;
  for (const auto& [name, cell] : rows.front().sample->cells) columns.push_back(name);
  return columns;
}

std::vector<Cell> cells_of(const Sample& sample, std::span<const std::string> columns,
                           const std::string& prediction) {
  std::vector<Cell> cells;
  for (const auto& column : columns) {
    const auto* const cell = sample.cell(column);
    cells.push_back(column == kPrediction ? Cell(prediction) : cell == nullptr ? Cell() : *cell);
  }
  return cells;
}

std::string cut(const std::string& text) {
  if (text.size() <= kMaxCellLength) return text;
  size_t end = 0;
  for (size_t i = 0; i < kMaxCellLength && end < text.size(); ++i) next_code_point(text, end);
  return text.substr(0, end);
}

/// Writes cells into a worksheet.
struct CellWriter {
  lxw_error operator()(std::monostate) const { return LXW_NO_ERROR; }
  lxw_error operator()(bool value) const {
    return worksheet_write_boolean(sheet, row, column, value ? 1 : 0, nullptr);
  }
  lxw_error operator()(const std::string& text) const {
    return worksheet_write_string(sheet, row, column, cut(text).c_str(), nullptr);
  }
  template <typename Number>
  lxw_error operator()(Number value) const {
    return worksheet_write_number(sheet, row, column, static_cast<double>(value), nullptr);
  }

  lxw_worksheet* sheet;
  lxw_row_t row;
  lxw_col_t column;
};

void require(lxw_error error, const std::filesystem::path& file) {
  if (error != LXW_NO_ERROR) model::fail(file.string(), ": ", lxw_strerror(error));
}

}  // namespace

std::vector<std::string> internvl_columns(const SubmissionFormat& format,
                                          std::span<const std::string> table_columns) {
  std::vector<std::string> columns;
  for (const auto& column : table_columns) {
    if (!is_dropped(format, column) && column != kPrediction) columns.push_back(column);
  }
  if (columns.size() < format.prediction_column) {
    model::fail(format.task, ": submission: expected at least ", format.prediction_column,
                " columns in front of 'prediction', got ", columns.size());
  }
  const auto place = columns.begin() + static_cast<std::ptrdiff_t>(format.prediction_column);
  columns.insert(place, std::string(kPrediction));
  return columns;
}

Sheet mmbench_sheet(const SubmissionFormat& format, const Task& task, const Profile& profile,
                    std::span<const Row> rows) {
  const bool writes_letters = profile.message.pipeline == Pipeline::kInternVl;
  Sheet sheet{.columns = table_columns(rows)};
  if (writes_letters) {
    sheet.columns = internvl_columns(format, sheet.columns);
  } else {
    sheet.columns.emplace_back(kPrediction);
  }
  std::vector<Row> scored(rows.begin(), rows.end());
  if (writes_letters) score_rows(task, profile, scored);
  for (const auto& row : scored) {
    const auto& prediction = writes_letters ? row.score.value().answer : row.response;
    sheet.rows.push_back(cells_of(*row.sample, sheet.columns, prediction));
  }
  return sheet;
}

void write_xlsx(const std::filesystem::path& file, const Sheet& sheet) {
  if (!std::ofstream(file)) model::fail(file.string(), ": cannot be written");
  auto* const workbook = workbook_new(file.c_str());
  if (workbook == nullptr) model::fail(file.string(), ": cannot be written");
  auto* const worksheet = workbook_add_worksheet(workbook, "Sheet1");
  lxw_error first_error = LXW_NO_ERROR;
  const auto write = [&](size_t row, size_t column, const Cell& cell) {
    const auto error = std::visit(
        CellWriter{worksheet, static_cast<lxw_row_t>(row), static_cast<lxw_col_t>(column)}, cell);
    if (first_error == LXW_NO_ERROR) first_error = error;
  };
  for (size_t column = 0; column < sheet.columns.size(); ++column) {
    write(0, column, sheet.columns[column]);
    for (size_t row = 0; row < sheet.rows.size(); ++row) {
      write(row + 1, column, sheet.rows[row][column]);
    }
  }
  const auto close_error = workbook_close(workbook);  // frees it, and writes the file
  require(first_error, file);
  require(close_error, file);
}

}  // namespace mono::tasks
