#include "tasks/pipeline/choice_columns.h"

#include <algorithm>
#include <utility>

namespace mono::tasks {
namespace {

using Columns = std::array<std::vector<CellView>, 26>;

bool is_option_column(const std::string& name) {
  return name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z';
}

bool is_shown(char letter, const Profile& profile) {
  return letter >= 'A' && letter <= profile.message.last_choice;
}

/// Options are cells of the table the row comes from, or the sample's own where it has no such
/// cell.
void add_row(Columns& columns, const Sample& sample, size_t k, size_t num_rows,
             const Profile& profile) {
  std::array<bool, 26> is_cell{};
  const auto set = [&](char letter, CellView view) {
    auto& column = columns[static_cast<size_t>(letter - 'A')];
    if (column.empty()) column.resize(num_rows);
    column[k] = view;
  };
  for (const auto& [name, cell] : sample.cells) {
    if (name.size() != 1 || !is_shown(name[0], profile)) continue;
    is_cell[static_cast<size_t>(name[0] - 'A')] = true;
    set(name[0], view_of(cell));
  }
  for (const auto& choice : sample.choices) {
    if (!is_shown(choice.letter, profile)) continue;
    if (!is_cell[static_cast<size_t>(choice.letter - 'A')]) {
      set(choice.letter, std::string_view(choice.text));
    }
  }
}

}  // namespace

ChoiceColumns::ChoiceColumns(std::span<const Row> rows, std::span<const size_t> positions,
                             const Profile& profile) {
  Columns columns;
  for (size_t k = 0; k < positions.size(); ++k) {
    add_row(columns, *rows[positions[k]].sample, k, positions.size(), profile);
  }
  const auto rules = cell_sheet_rules(profile);
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!columns[i].empty()) columns_[i].emplace(std::move(columns[i]), rules);
  }
}

bool ChoiceColumns::has(char letter, size_t k) const {
  const auto& column = columns_[static_cast<size_t>(letter - 'A')];
  return column && !column->is_missing(k);
}

std::span<const Choice> ChoiceColumns::row(size_t k) {
  size_t count = 0;
  for (size_t i = 0; i < columns_.size(); ++i) {
    auto& column = columns_[i];
    if (!column || column->is_missing(k)) continue;
    if (count == choices_.size()) choices_.emplace_back();
    choices_[count].letter = static_cast<char>('A' + i);
    choices_[count].text = column->text(k);
    ++count;
  }
  return std::span(choices_).first(count);
}

std::string options_fault(const Sample& sample) {
  const auto& cells = sample.cells;
  const bool has_columns = std::any_of(
      cells.begin(), cells.end(), [](const auto& cell) { return is_option_column(cell.first); });
  if (has_columns || !sample.choices.empty()) return "";
  return "the options are unknown: expected columns 'A', 'B' ..., got none; --data names a file "
         "that has them";
}

std::vector<std::vector<Choice>> choice_columns(std::span<const Row> rows,
                                                std::span<const size_t> positions,
                                                const Profile& profile) {
  ChoiceColumns columns(rows, positions, profile);
  std::vector<std::vector<Choice>> choices;
  choices.reserve(positions.size());
  for (size_t k = 0; k < positions.size(); ++k) {
    const auto row = columns.row(k);
    choices.emplace_back(row.begin(), row.end());
  }
  return choices;
}

}  // namespace mono::tasks
