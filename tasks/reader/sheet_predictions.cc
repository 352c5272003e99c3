#include "tasks/reader/sheet_predictions.h"

#include <algorithm>
#include <unordered_map>

#include "model/adapter.h"
#include "tasks/pipeline/answers.h"
#include "tasks/pipeline/result_sheet.h"
#include "tasks/reader/answer_check.h"
#include "tasks/reader/asked_questions.h"
#include "tasks/reader/joined_predictions.h"
#include "tasks/reader/layouts.h"
#include "tasks/reader/samples.h"
#include "tasks/reader/sheet_file.h"

namespace mono::tasks {
namespace {

struct ToCell {
  Cell operator()(std::string_view text) const { return std::string(text); }
  template <typename T>
  Cell operator()(const T& value) const {
    return value;
  }
};

bool is_text_for_missing(const Cell& cell) {
  const auto* const text = std::get_if<std::string>(&cell);
  return text != nullptr && is_missing_text(*text);
}

/// One column as pandas types it when it reads the file back, or as the file has it.
std::vector<Cell> column_of(const SheetFile& sheet, size_t column, bool keeps_texts) {
  std::vector<Cell> result;
  result.reserve(sheet.rows.size());
  if (keeps_texts) {
    for (const auto& row : sheet.rows) result.push_back(row[column]);
    return result;
  }
  std::vector<CellView> cells;
  cells.reserve(sheet.rows.size());
  for (const auto& row : sheet.rows) cells.push_back(view_of(row[column]));
  SheetColumn typed(std::move(cells), {.is_used = true}, SheetColumn::Way::kBack);
  for (size_t row = 0; row < typed.size(); ++row) {
    result.push_back(std::visit(ToCell{}, typed[row]));
  }
  return result;
}

Row without_prediction(const std::shared_ptr<const Sample>& sample, const std::string& file) {
  return {.sample = sample,
          .error = sample->fault.empty() ? "no prediction in " + file : sample->fault};
}

/// A sample as the sheet has it, in the columns of both.
std::shared_ptr<const Sample> merged(const Sample& in_sheet, const Sample& in_data) {
  auto cells = in_sheet.cells;
  for (const auto& [name, cell] : in_data.cells) {
    if (in_sheet.cell(name) == nullptr) cells.emplace_back(name, cell);
  }
  Sample sample{.fault = in_data.fault};
  sample.cells = std::move(cells);
  fill_from_cells(sample);
  sample.id = in_data.id;
  if (in_sheet.cell("answer") == nullptr) sample.targets = in_data.targets;
  sample.has_swallowed_answer = sample.targets.empty() && has_answer(in_data);
  return std::make_shared<const Sample>(std::move(sample));
}

/// Of a row of the sheet, as a spreadsheet counts.
Place sheet_place(const std::shared_ptr<const std::string>& file, size_t row) {
  return {file, static_cast<int64_t>(row) + 2};
}

bool has_answer_of(const Sample& in_sheet, const Sample& in_data) {
  const auto* const own = in_sheet.cell("answer");
  const auto* const other = in_data.cell("answer");
  return own != nullptr && other != nullptr && *own == *other;
}

/// The first of several reasons stays.
void check_letter(Row& row, const Layout& layout) {
  if (!row.error.empty()) return;
  const auto why = letter_fault(*row.sample, layout);
  if (!why.empty()) row.error = row.place.text() + ": " + why;
}

}  // namespace

PredictionSet read_sheet_predictions(const std::filesystem::path& path, const Task& task,
                                     const Profile& profile, bool has_samples) {
  const auto sheet = read_sheet_file(path);
  const auto prediction = std::find(sheet.columns.begin(), sheet.columns.end(), "prediction");
  if (prediction == sheet.columns.end()) {
    model::fail(path.string(), ": expected a column 'prediction', got none");
  }
  const auto predicted = static_cast<size_t>(prediction - sheet.columns.begin());
  PredictionSet set{.rows = {}, .is_after_sheet = true, .format = "vlmevalkit-xlsx"};
  std::vector<Sample> samples(sheet.rows.size());
  set.rows.resize(sheet.rows.size());
  for (size_t column = 0; column < sheet.columns.size(); ++column) {
    auto cells = column_of(sheet, column, profile.keeps_texts);
    const bool is_answer = sheet.columns[column] == "answer" && !profile.keeps_texts;
    for (size_t row = 0; row < sheet.rows.size(); ++row) {
      if (is_answer)
        samples[row].has_swallowed_answer = is_text_for_missing(sheet.rows[row][column]);
      if (column == predicted) {
        set.rows[row].response = cell_text(cells[row]);
      } else {
        samples[row].cells.emplace_back(sheet.columns[column], std::move(cells[row]));
      }
    }
  }
  const auto file = std::make_shared<const std::string>(path.string() + ": row ");
  for (size_t row = 0; row < samples.size(); ++row) {
    fill_from_cells(samples[row]);
    set.rows[row].place = sheet_place(file, row);
    if (samples[row].id.empty()) {
      set.rows[row].error = set.rows[row].place.text() + ": expected an id in column 'index'";
      samples[row].id = "row " + std::to_string(row + 2);
    }
    set.rows[row].sample = std::make_shared<const Sample>(std::move(samples[row]));
    if (!has_samples) check_letter(set.rows[row], layout_of(task.name()));
  }
  return set;
}

std::vector<Row> with_sheet_cells(std::vector<Row> rows,
                                  std::span<const std::shared_ptr<const Sample>> samples,
                                  const Task& task, const std::string& file) {
  const auto& layout = layout_of(task.name());
  set_repeated_aside(rows, file);
  std::unordered_map<std::string, Row*> by_id;
  for (auto& row : rows) by_id.emplace(row.sample->id, &row);
  std::vector<Row> result;
  AskedQuestions questions;
  for (const auto& sample : samples) {
    const auto found = by_id.find(sample->id);
    if (found == by_id.end()) {
      result.push_back(without_prediction(sample, file));
      continue;
    }
    auto row = *found->second;
    questions.add(row.sample->question, sample->question);
    const bool is_checked = has_answer_of(*row.sample, *sample);
    row.sample = merged(*row.sample, *sample);
    if (row.error.empty()) row.error = sample->fault;
    if (!is_checked) check_letter(row, layout);
    result.push_back(std::move(row));
    by_id.erase(found);
  }
  questions.refuse_others(file);
  std::erase_if(by_id, [](const auto& entry) { return entry.second->sample->is_repeated; });
  if (!by_id.empty()) {
    model::fail(file, ": ", by_id.size(), " predictions have no sample, id '", by_id.begin()->first,
                "' for one");
  }
  for (auto& row : rows) {
    if (row.sample->is_repeated) result.push_back(std::move(row));
  }
  return result;
}

}  // namespace mono::tasks
