#include "results/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace mono::results {

namespace {

constexpr std::string_view kNoData = "—";
using Cells = std::vector<std::string>;

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

/// A column: its title, what it shows of a row, and whether it is aligned left.
struct Column {
  std::string title{};
  std::string (*cell)(const TableRow& row) = nullptr;
  bool is_text = false;
};

const Column kModel = {"model", [](const TableRow& row) { return text(row.model); }, true};

const Column kColumns[] = {
    {"task", [](const TableRow& row) { return text(row.task); }, true},
    {"profile", [](const TableRow& row) { return text(row.profile); }, true},
    {"metric", [](const TableRow& row) { return text(row.metric); }, true},
    {"value", [](const TableRow& row) { return number(row.value, row.decimals); }},
    {"±", [](const TableRow& row) { return number(row.standard_error, row.decimals + 1); }},
    {"scored", scored_of_total},
    {"published", [](const TableRow& row) { return number(row.published, row.decimals); }},
};

std::vector<Column> columns_of(std::span<const TableRow> rows) {
  std::vector<Column> columns(std::begin(kColumns), std::end(kColumns));
  const bool has_model =
      std::any_of(rows.begin(), rows.end(), [](const auto& row) { return !row.model.empty(); });
  if (has_model) columns.insert(columns.begin(), kModel);
  return columns;
}

/// The titles, then each row.
std::vector<Cells> all_cells(const std::vector<Column>& columns, std::span<const TableRow> rows) {
  std::vector<Cells> lines(rows.size() + 1);
  for (const auto& column : columns) {
    lines[0].push_back(column.title);
    for (size_t i = 0; i < rows.size(); ++i) lines[i + 1].push_back(column.cell(rows[i]));
  }
  return lines;
}

/// Characters of UTF-8 text: its bytes without continuation bytes.
size_t width(const std::string& content) {
  return static_cast<size_t>(std::count_if(content.begin(), content.end(),
                                           [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::vector<size_t> column_widths(const std::vector<Cells>& lines) {
  std::vector<size_t> widths(lines[0].size());
  for (const auto& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
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
  const auto columns = columns_of(rows);
  const auto lines = all_cells(columns, rows);
  const auto widths = column_widths(lines);
  std::string table;
  for (size_t i = 0; i < lines.size(); ++i) {
    std::string line;
    for (size_t j = 0; j < columns.size(); ++j) {
      if (j > 0) line += "  ";
      line += padded(lines[i][j], widths[j], columns[j].is_text);
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
  const auto columns = columns_of(rows);
  const auto lines = all_cells(columns, rows);
  for (size_t i = 0; i < lines.size(); ++i) {
    for (const auto& cell : lines[i]) table += fmt::format("| {} ", escaped(cell));
    table += "|\n";
    if (i > 0) continue;
    for (const auto& column : columns) table += column.is_text ? "| --- " : "| ---: ";
    table += "|\n";
  }
  return table;
}

}  // namespace mono::results
