// VLMEvalKit's prediction tables: every column of the dataset but the pictures, and `prediction`.
// open-compass/VLMEvalKit@e8e78f05 vlmeval/inference.py, vlmeval/smp/file.py.

#include <algorithm>

#include "evaluator/export/export.h"
#include "tasks/pipeline/result_sheet.h"
#include "tasks/reader/sheet_writer.h"

namespace mono::evaluator {

tasks::Cell written_cell(const tasks::Sample& sample, std::string_view name) {
  if (name == "answer" && sample.has_swallowed_answer) return std::string("None");
  const auto* const cell = sample.cell(name);
  return cell == nullptr ? tasks::Cell() : *cell;
}

namespace {

/// The columns of all rows, in the order they are first met.
std::vector<std::string> column_names(std::span<const tasks::Row> rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) {
    for (const auto& [name, cell] : row.sample->cells) {
      if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  if (std::find(names.begin(), names.end(), "index") == names.end()) {
    names.insert(names.begin(), "index");
  }
  return names;
}

/// The cell of a row; a row without a column of ids has its sample's id there.
tasks::Cell cell_of(const tasks::Row& row, const std::string& name) {
  if (row.sample->cell(name) != nullptr) return written_cell(*row.sample, name);
  return name == "index" ? tasks::Cell(row.sample->id) : tasks::Cell();
}

std::string in_quotes(std::string_view text) {
  std::string field = "\"";
  for (const char c : text) field.append(c == '"' ? 2 : 1, c);
  return field + "\"";
}

}  // namespace

std::string vlmevalkit_tsv_text(std::span<const tasks::Row> rows) {
  const auto names = column_names(rows);
  std::string text;
  for (const auto& name : names) text += in_quotes(name) + "\t";
  text += in_quotes("prediction") + "\n";
  for (const auto& row : rows) {
    for (const auto& name : names) {
      const auto cell = cell_of(row, name);
      text += (tasks::is_missing(cell) ? in_quotes("") : in_quotes(tasks::cell_text(cell))) + "\t";
    }
    text += in_quotes(row.response) + "\n";
  }
  return text;
}

void write_vlmevalkit_xlsx(const std::filesystem::path& path, std::span<const tasks::Row> rows,
                           const tasks::Profile& profile) {
  auto rules = profile.sheet;
  rules.is_used = true;
  auto names = column_names(rows);
  std::vector<std::vector<tasks::Cell>> cells;
  std::vector<tasks::SheetColumn> written;
  const auto add = [&](std::vector<tasks::Cell> column) {
    cells.push_back(std::move(column));
    std::vector<tasks::CellView> views;
    for (const auto& cell : cells.back()) views.push_back(tasks::view_of(cell));
    written.emplace_back(std::move(views), rules, tasks::SheetColumn::Way::kThere);
  };
  cells.reserve(names.size() + 1);
  for (const auto& name : names) {
    std::vector<tasks::Cell> column;
    for (const auto& row : rows) column.push_back(cell_of(row, name));
    add(std::move(column));
  }
  std::vector<tasks::Cell> responses;
  for (const auto& row : rows) responses.emplace_back(row.response);
  add(std::move(responses));
  names.emplace_back("prediction");

  std::vector<std::vector<tasks::CellView>> columns;
  for (const auto& column : written) {
    auto& views = columns.emplace_back();
    for (size_t row = 0; row < column.size(); ++row) views.push_back(column[row]);
  }
  tasks::write_sheet_file(path, names, columns);
}

}  // namespace mono::evaluator
