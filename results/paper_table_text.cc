#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "results/grid.h"
#include "results/markdown.h"
#include "results/paper_table.h"
#include "results/reference/published.h"
#include "results/schema.h"

namespace mono::results {

namespace {

constexpr const char* kMark = "*";

/// MME and OCRBench are printed as whole points, everything else as percentages.
int decimals_of(const AveragedRow& row) {
  return row.divisor == 1 ? 1 : 0;
}

std::string cell_text(const PaperColumn& column, const AveragedRow& row) {
  const auto* const cell = column.find(row.task);
  if (cell == nullptr) return kNoData;
  const int decimals = decimals_of(row);
  auto text = fmt::format("{:.{}f}", cell->value, decimals);
  if (!cell->remark.empty()) text += kMark;
  if (cell->interval) {
    text += fmt::format(" [{:.{}f}, {:.{}f}]", cell->interval->low, decimals, cell->interval->high,
                        decimals);
  }
  return text;
}

std::string average_text(const PaperColumn& column, const std::optional<Average>& average,
                         std::span<const AveragedRow> rows) {
  if (!average) return kNoData;
  auto text = fmt::format("{:.1f}", average->value);
  const bool is_marked = std::any_of(rows.begin(), rows.end(), [&](const AveragedRow& row) {
    const auto* const cell = column.find(row.task);
    return cell != nullptr && !cell->remark.empty();
  });
  if (is_marked) text += kMark;
  if (average->num_rows < static_cast<int>(rows.size())) {
    text += fmt::format(" ({} rows)", average->num_rows);
  }
  return text;
}

void add_block(const PaperTable& table, std::span<const AveragedRow> rows,
               std::optional<Average> PaperColumn::*average, Grid& grid) {
  for (const auto& row : rows) {
    std::vector<std::string> line = {std::string(row.title), published_recipe(row.task)};
    for (const auto& column : table.columns) line.push_back(cell_text(column, row));
    grid.push_back(std::move(line));
  }
  std::vector<std::string> line = {fmt::format("Avg ({})", rows.size()), ""};
  for (const auto& column : table.columns) {
    line.push_back(average_text(column, column.*average, rows));
  }
  grid.push_back(std::move(line));
}

/// Titles, nine rows and their average, seven rows and theirs.
Grid grid_of(const PaperTable& table) {
  Grid grid = {{"benchmark", "recipe"}};
  for (const auto& column : table.columns) grid.front().push_back(column.title);
  add_block(table, general9(), &PaperColumn::general, grid);
  add_block(table, vqa7(), &PaperColumn::vqa, grid);
  return grid;
}

/// Where each of our own numbers comes from.
Grid sources_grid(const PaperTable& table) {
  Grid grid = {{"column", "benchmark", "recipe", "remark", "samples"}};
  for (const auto& column : table.columns) {
    if (column.is_published()) continue;
    for (const auto& rows : {general9(), vqa7()}) {
      for (const auto& row : rows) {
        if (const auto* const cell = column.find(row.task)) {
          grid.push_back({column.title, std::string(row.title), cell->recipe,
                          cell->remark.empty() ? kNoData : cell->remark, cell->source});
        }
      }
    }
  }
  return grid;
}

std::vector<std::string> notes_of(const PaperTable& table) {
  std::vector<std::string> notes = {
      "recipe: the profile a row's published number most likely came from (inferred)",
      "brackets: 95 % intervals; averages: plain mean of MME/28, OCRBench/10 and the others as "
      "they "
      "are",
      std::string(kMark) + " not a full score: see its remark"};
  for (const auto& column : table.columns) {
    if (column.is_published()) {
      notes.push_back(fmt::format("{}: {}, {}", column.title, column.confidence,
                                  column.cells.begin()->second.source));
    }
    for (const auto& remark : column.remarks) notes.push_back(column.title + ": " + remark);
  }
  return notes;
}

std::string latex_text(const std::string& text) {
  std::string result;
  for (const char byte : text) {
    if (std::string_view("&%$#_{}").find(byte) != std::string_view::npos) result += '\\';
    if (byte == '\\') {
      result += "\\textbackslash{}";
    } else if (byte == '~' || byte == '^') {
      result += std::string("\\") + byte + "{}";
    } else {
      result += byte;
    }
  }
  const auto dash = result.find(kNoData);
  return dash == std::string::npos ? result
                                   : result.replace(dash, std::string(kNoData).size(), "--");
}

}  // namespace

std::string paper_table_markdown(const PaperTable& table) {
  auto text = markdown_grid(grid_of(table), 2) + "\n";
  for (const auto& note : notes_of(table)) text += "- " + markdown_text(note) + "\n";
  const auto sources = sources_grid(table);
  if (sources.size() > 1) text += "\n" + markdown_grid(sources, sources.front().size());
  return text;
}

std::string paper_table_latex(const PaperTable& table) {
  const auto grid = grid_of(table);
  std::string text =
      "\\begin{tabular}{ll" + std::string(table.columns.size(), 'r') + "}\n\\hline\n";
  for (size_t i = 0; i < grid.size(); ++i) {
    for (size_t column = 0; column < grid[i].size(); ++column) {
      text += (column > 0 ? " & " : "") + latex_text(grid[i][column]);
    }
    text += " \\\\\n";
    const bool is_average = grid[i].front().starts_with("Avg");
    if (i == 0 || is_average) text += "\\hline\n";
  }
  text += "\\end{tabular}\n";
  for (const auto& note : notes_of(table)) text += "% " + note + "\n";
  return text;
}

nlohmann::ordered_json paper_table_json(const PaperTable& table) {
  using nlohmann::ordered_json;
  const auto average_json = [](const std::optional<Average>& average) {
    return average ? ordered_json{{"value", average->value}, {"rows", average->num_rows}}
                   : ordered_json();
  };
  auto columns = ordered_json::array();
  for (const auto& column : table.columns) {
    auto cells = ordered_json::object();
    for (const auto& [task, cell] : column.cells) {
      cells[task] = {{"value", cell.value},
                     {"interval", cell.interval ? ordered_json{{"low", cell.interval->low},
                                                               {"high", cell.interval->high}}
                                                : ordered_json()},
                     {"recipe", cell.recipe},
                     {"remark", cell.remark},
                     {"source", cell.source}};
    }
    columns.push_back({{"title", column.title},
                       {"confidence", column.confidence},
                       {"cells", cells},
                       {"general9", average_json(column.general)},
                       {"vqa7", average_json(column.vqa)},
                       {"remarks", column.remarks}});
  }
  return {{"schema", "mono-eval.report"}, {"schema_version", kSchemaVersion}, {"columns", columns}};
}

}  // namespace mono::results
