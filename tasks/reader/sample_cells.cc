#include <array>
#include <utility>

#include "tasks/pipeline/columns.h"
#include "tasks/reader/column_types.h"
#include "tasks/reader/samples.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr std::array<std::string_view, 4> kIdColumns = {"index", "question_id", "id", "pid"};

std::string present_text(const Sample& sample, std::string_view column) {
  const auto* const cell = sample.cell(column);
  return cell == nullptr || is_missing(*cell) ? "" : cell_text(*cell);
}

std::string id_of(const Sample& sample, const std::string& where) {
  for (const auto column : kIdColumns) {
    if (auto id = present_text(sample, column); !id.empty()) return id;
  }
  model::fail(where, ": expected an id in column 'index', 'question_id', 'id' or 'pid', got none");
}

/// Text ids that are all integers become their plain form, as VLMEvalKit does.
void make_ids_integers(std::vector<Sample>& samples) {
  std::vector<std::string> integers;
  integers.reserve(samples.size());
  for (const auto& sample : samples) {
    auto integer = parse_int(sample.id);
    if (!integer) return;
    integers.push_back(std::move(*integer));
  }
  for (size_t i = 0; i < samples.size(); ++i) samples[i].id = std::move(integers[i]);
}

std::vector<std::string> column_texts(const TsvTable& table, size_t column) {
  std::vector<std::string> texts;
  texts.reserve(table.rows.size());
  for (const auto& row : table.rows) {
    auto text = row.fields[column].text();
    for (size_t position = 0; position < text.size();) {
      const size_t start = position;
      const bool is_broken =
          next_code_point(text, position) == 0xFFFD && text.compare(start, 3, "\xEF\xBF\xBD") != 0;
      if (is_broken) {
        model::fail(table.path.string(), ":", row.line, ": column '", table.columns[column],
                    "' is not UTF-8");
      }
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

bool is_listed(std::string_view name, std::span<const std::string_view> names) {
  for (const auto listed : names) {
    if (listed == name) return true;
  }
  return false;
}

}  // namespace

Sample sample_of_cells(std::vector<std::pair<std::string, Cell>> cells, const std::string& where) {
  Sample sample;
  sample.cells = std::move(cells);
  sample.id = id_of(sample, where);
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
  return sample;
}

std::vector<Sample> samples_of_table(const TsvTable& table,
                                     std::span<const std::string_view> left_out) {
  std::vector<std::vector<std::pair<std::string, Cell>>> rows(table.rows.size());
  for (size_t column = 0; column < table.columns.size(); ++column) {
    if (is_listed(table.columns[column], left_out)) continue;
    auto typed = type_column(column_texts(table, column));
    for (size_t row = 0; row < rows.size(); ++row) {
      rows[row].emplace_back(table.columns[column], std::move(typed.cells[row]));
    }
  }
  std::vector<Sample> samples;
  samples.reserve(rows.size());
  for (size_t row = 0; row < rows.size(); ++row) {
    const auto where = table.path.string() + ":" + std::to_string(table.rows[row].line);
    samples.push_back(sample_of_cells(std::move(rows[row]), where));
  }
  make_ids_integers(samples);
  return samples;
}

}  // namespace mono::tasks
