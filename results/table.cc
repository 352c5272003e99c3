#include "results/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

namespace mono::results {

namespace {

constexpr std::string_view kNoData = "—";
constexpr size_t kNumColumns = 8;
constexpr size_t kNumTextColumns = 4;  // the first ones, aligned left
using Cells = std::array<std::string, kNumColumns>;
const Cells kTitles = {"model", "task", "profile", "metric", "value", "±", "scored", "published"};

std::string number(std::optional<double> value, int decimals) {
  if (!value || !std::isfinite(*value)) return std::string(kNoData);
  return fmt::format("{:.{}f}", *value, decimals);
}

std::string text(const std::string& content) {
  return content.empty() ? std::string(kNoData) : content;
}

std::string scored_of_total(const TableRow& row) {
  if (!row.scored || !row.total) return std::string(kNoData);
  return fmt::format("{}/{}", *row.scored, *row.total);
}

Cells cells(const TableRow& row) {
  return {text(row.model),
          text(row.task),
          text(row.profile),
          text(row.metric),
          number(row.value, row.decimals),
          number(row.standard_error, row.decimals + 1),
          scored_of_total(row),
          number(row.published, row.decimals)};
}

std::vector<Cells> all_cells(std::span<const TableRow> rows) {
  std::vector<Cells> lines = {kTitles};
  for (const auto& row : rows) lines.push_back(cells(row));
  return lines;
}

/// Characters of UTF-8 text: its bytes without continuation bytes.
size_t width(const std::string& content) {
  return static_cast<size_t>(std::count_if(content.begin(), content.end(),
                                           [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::array<size_t, kNumColumns> column_widths(const std::vector<Cells>& lines) {
  std::array<size_t, kNumColumns> widths = {};
  for (const auto& line : lines) {
    for (size_t i = 0; i < kNumColumns; ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  return widths;
}

std::string padded(const std::string& content, size_t to_width, bool is_text) {
  const std::string blanks(to_width - width(content), ' ');
  return is_text ? content + blanks : blanks + content;
}

/// A cell that cannot end its column or its row.
std::string escaped(const std::string& content) {
  std::string cell;
  for (const char byte : content) {
    if (byte == '|') cell += '\\';
    cell += byte == '\n' || byte == '\r' ? ' ' : byte;
  }
  return cell;
}

}  // namespace

std::string terminal_table(std::span<const TableRow> rows) {
  const auto lines = all_cells(rows);
  const auto widths = column_widths(lines);
  std::string table;
  for (size_t i = 0; i < lines.size(); ++i) {
    std::string line;
    for (size_t column = 0; column < kNumColumns; ++column) {
      if (column > 0) line += "  ";
      line += padded(lines[i][column], widths[column], column < kNumTextColumns);
    }
    table += line + "\n";
    if (i > 0) continue;
    for (size_t dash = width(line); dash > 0; --dash) table += "─";
    table += "\n";
  }
  return table;
}

std::string markdown_table(std::span<const TableRow> rows) {
  std::string table;
  const auto lines = all_cells(rows);
  for (size_t i = 0; i < lines.size(); ++i) {
    for (const auto& cell : lines[i]) table += "| " + escaped(cell) + " ";
    table += "|\n";
    if (i > 0) continue;
    for (size_t column = 0; column < kNumColumns; ++column) {
      table += column < kNumTextColumns ? "| --- " : "| ---: ";
    }
    table += "|\n";
  }
  return table;
}

}  // namespace mono::results
