#include <array>
#include <cmath>
#include <utility>

#include "tasks/pipeline/columns.h"
#include "tasks/reader/samples.h"

namespace mono::tasks {
namespace {

constexpr std::array<std::string_view, 4> kIdColumns = {"index", "question_id", "id", "pid"};

std::string present_text(const Sample& sample, std::string_view column) {
  const auto* const cell = sample.cell(column);
  return cell == nullptr || is_missing(*cell) ? "" : cell_text(*cell);
}

/// Whole numbers are floats to pandas where one of their column is missing.
std::string id_text(const Cell& cell) {
  constexpr double kExact = 9007199254740992;  // 2^53
  const auto* const number = std::get_if<double>(&cell);
  const bool is_whole =
      number != nullptr && *number == std::floor(*number) && std::abs(*number) < kExact;
  return is_whole ? std::to_string(static_cast<int64_t>(*number)) : cell_text(cell);
}

std::string id_of(const Sample& sample) {
  for (const auto column : kIdColumns) {
    const auto* const cell = sample.cell(column);
    if (cell == nullptr || is_missing(*cell)) continue;
    if (auto id = id_text(*cell); !id.empty()) return id;
  }
  return "";
}

bool is_listed(std::string_view name, std::span<const std::string_view> names) {
  for (const auto listed : names) {
    if (listed == name) return true;
  }
  return false;
}

}  // namespace

void fill_from_cells(Sample& sample) {
  sample.id = id_of(sample);
  sample.question = present_text(sample, "question");
  if (const auto* const hint = sample.cell("hint"); hint != nullptr && !is_missing(*hint)) {
    sample.hint = cell_text(*hint);
  }
  for (char letter = 'A'; letter <= 'Z'; ++letter) {
    const auto* const choice = sample.cell({&letter, 1});
    if (choice != nullptr && !is_missing(*choice)) {
      sample.choices.push_back({letter, cell_text(*choice)});
    }
  }
  if (const auto answer = present_text(sample, "answer"); !answer.empty()) {
    sample.targets = accepted_answers(answer);
  }
  sample.category = present_text(sample, "category");
  sample.l2_category = present_text(sample, "l2-category");
  sample.split = present_text(sample, "split");
}

Sample sample_of_cells(std::vector<std::pair<std::string, Cell>> cells, const std::string& where) {
  Sample sample;
  sample.cells = std::move(cells);
  fill_from_cells(sample);
  if (sample.id.empty()) {
    model::fail(where,
                ": expected an id in column 'index', 'question_id', 'id' or 'pid', got none");
  }
  return sample;
}

SampleTable sample_table_of(const TsvTable& table, std::span<const std::string_view> left_out,
                            const ReadRules& rules) {
  std::vector<size_t> wanted;
  std::vector<std::string> names;
  for (size_t column = 0; column < table.columns.size(); ++column) {
    if (is_listed(table.columns[column], left_out)) continue;
    wanted.push_back(column);
    names.push_back(table.columns[column]);
  }
  const auto file = std::make_shared<const std::string>(table.path.string() + ":");
  std::vector<Place> places;
  places.reserve(table.lines.size());
  for (const auto line : table.lines) places.push_back({file, line});
  SampleTable samples(rules, std::move(names), std::move(places));
  ForwardReading reading(*table.file);
  for (size_t row = 0; row < table.num_rows(); ++row) {
    for (size_t k = 0; k < wanted.size(); ++k)
      samples.set(row, k, table.field(row, wanted[k]).text());
    reading.passed(table.field(row, 0).raw);
  }
  return samples;
}

std::vector<Sample> samples_of_table(const TsvTable& table,
                                     std::span<const std::string_view> left_out,
                                     const ReadRules& rules) {
  return sample_table_of(table, left_out, rules).samples();
}

}  // namespace mono::tasks
