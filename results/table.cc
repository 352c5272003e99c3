#include "results/table.h"

#include <fmt/format.h>

#include <cmath>

#include "results/grid.h"

namespace mono::results {

namespace {

constexpr size_t kNumTextColumns = 4;

std::string number(std::optional<double> value, int decimals) {
  if (!value || !std::isfinite(*value)) return kNoData;
  return fmt::format("{:.{}f}", *value, decimals);
}

std::string text(const std::string& content) {
  return content.empty() ? kNoData : content;
}

std::string scored_of_total(const TableRow& row) {
  if (!row.scored || !row.total) return kNoData;
  return fmt::format("{}/{}", *row.scored, *row.total);
}

Grid grid_of(std::span<const TableRow> rows) {
  Grid grid = {{"model", "task", "profile", "metric", "value", "±", "scored", "published"}};
  for (const auto& row : rows) {
    grid.push_back({text(row.model), text(row.task), text(row.profile), text(row.metric),
                    number(row.value, row.decimals), number(row.standard_error, row.decimals + 1),
                    scored_of_total(row), number(row.published, row.decimals)});
  }
  return grid;
}

}  // namespace

std::string terminal_table(std::span<const TableRow> rows) {
  return terminal_grid(grid_of(rows), kNumTextColumns);
}

std::string markdown_table(std::span<const TableRow> rows) {
  return markdown_grid(grid_of(rows), kNumTextColumns);
}

}  // namespace mono::results
