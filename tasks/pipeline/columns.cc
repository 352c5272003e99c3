#include "tasks/pipeline/columns.h"

#include <algorithm>
#include <limits>

#include "tasks/text/list_literal.h"

namespace mono::tasks {

SheetRules cell_sheet_rules(const Profile& profile) {
  auto rules = profile.sheet;
  rules.is_used = rules.is_used && !rules.is_behind_cells;
  return rules;
}

std::vector<size_t> answered_rows(std::span<const Row> rows) {
  std::vector<size_t> positions;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].error.empty()) positions.push_back(i);
  }
  return positions;
}

SheetColumn response_column(std::span<const Row> rows, std::span<const size_t> positions,
                            const Profile& profile) {
  std::vector<CellView> cells;
  cells.reserve(positions.size());
  for (const size_t i : positions) cells.emplace_back(std::string_view(rows[i].response));
  return {std::move(cells), cell_sheet_rules(profile)};
}

SheetColumn cell_column(std::span<const Row> rows, std::span<const size_t> positions,
                        std::string_view column, const Profile& profile) {
  std::vector<CellView> cells;
  cells.reserve(positions.size());
  for (const size_t i : positions) {
    const auto* const cell = rows[i].sample->cell(column);
    cells.push_back(cell == nullptr ? CellView() : view_of(*cell));
  }
  return {std::move(cells), cell_sheet_rules(profile)};
}

std::vector<std::string> accepted_answers(std::string_view cell_text) {
  if (auto elements = parse_list_literal(cell_text)) return std::move(*elements);
  return {std::string(cell_text)};
}

std::vector<double> counted_values(std::span<const Row> rows, std::string_view task) {
  std::vector<double> values;
  for (const auto& row : rows) {
    if (enters_metrics(row)) values.push_back(row.score->value);
  }
  if (values.empty()) {
    model::fail(task, ": expected at least one scored row, got none of ", rows.size());
  }
  return values;
}

void withhold_if_unscored(Metric& headline, std::span<const Row> rows) {
  const auto is_unscored = [](const Row& row) {
    return row.score && row.score->state == ScoreState::kUnscored;
  };
  if (std::none_of(rows.begin(), rows.end(), is_unscored)) return;
  headline.value = std::numeric_limits<double>::quiet_NaN();
  headline.standard_error.reset();
}

}  // namespace mono::tasks
