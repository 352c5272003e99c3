// VLMEvalKit's prediction tables: every column of the dataset but the pictures, and `prediction`.
// open-compass/VLMEvalKit@e8e78f05 vlmeval/inference.py, vlmeval/smp/file.py.

#include <algorithm>

#include "evaluator/export/export.h"
#include "tasks/pipeline/result_sheet.h"
#include "tasks/reader/sheet_writer.h"
#include "tasks/text/list_literal.h"

namespace mono::evaluator {

namespace {

/// Accepted answers as an answer cell has them: a text, or a list literal.
std::string answer_text(const std::vector<std::string>& answers) {
  const bool is_text = answers.size() == 1 && !tasks::parse_list_literal(answers.front());
  return is_text ? answers.front() : tasks::list_literal(answers);
}

}  // namespace

std::vector<std::string> written_columns(const tasks::Sample& sample) {
  std::vector<std::string> names;
  names.reserve(sample.cells.size() + 2);
  for (const auto& [name, cell] : sample.cells) names.push_back(name);
  const auto add = [&](const char* name) {
    if (sample.cell(name) == nullptr) names.emplace_back(name);
  };
  if (!sample.question.empty()) add("question");
  if (!sample.targets.empty()) add("answer");
  return names;
}

tasks::Cell written_cell(const tasks::Sample& sample, std::string_view name) {
  if (name == "answer" && sample.has_swallowed_answer) return std::string("None");
  const auto* const cell = sample.cell(name);
  if (cell != nullptr) return *cell;
  if (name == "question" && !sample.question.empty()) return sample.question;
  if (name == "answer" && !sample.targets.empty()) return answer_text(sample.targets);
  return {};
}

namespace {

/// The columns of all rows, in the order they are first met.
std::vector<std::string> column_names(std::span<const tasks::Row> rows) {
  std::vector<std::string> names;
  for (const auto& row : rows) {
    for (const auto& name : written_columns(*row.sample)) {
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
  const bool has_no_index = name == "index" && row.sample->cell(name) == nullptr;
  return has_no_index ? tasks::Cell(row.sample->id) : written_cell(*row.sample, name);
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
