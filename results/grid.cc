#include "results/grid.h"

#include <algorithm>

#include "results/markdown.h"

namespace mono::results {

namespace {

/// Characters of UTF-8 text: its bytes without continuation bytes.
size_t width(const std::string& content) {
  return static_cast<size_t>(std::count_if(content.begin(), content.end(),
                                           [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::vector<size_t> column_widths(const Grid& grid) {
  std::vector<size_t> widths(grid.front().size());
  for (const auto& line : grid) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width(line[i]));
  }
  return widths;
}

std::string padded(const std::string& content, size_t to_width, bool is_text) {
  const std::string blanks(to_width - width(content), ' ');
  return is_text ? content + blanks : blanks + content;
}

}  // namespace

std::string terminal_grid(const Grid& grid, size_t num_text_columns) {
  const auto widths = column_widths(grid);
  std::string table;
  for (size_t i = 0; i < grid.size(); ++i) {
    std::string line;
    for (size_t column = 0; column < grid[i].size(); ++column) {
      if (column > 0) line += "  ";
      line += padded(grid[i][column], widths[column], column < num_text_columns);
    }
    const size_t dashes = width(line);
    table += line + "\n";
    if (i > 0) continue;
    for (size_t dash = 0; dash < dashes; ++dash) table += "─";
    table += "\n";
  }
  return table;
}

std::string markdown_grid(const Grid& grid, size_t num_text_columns) {
  std::string table;
  for (size_t i = 0; i < grid.size(); ++i) {
    for (const auto& cell : grid[i]) table += "| " + markdown_text(cell) + " ";
    table += "|\n";
    if (i > 0) continue;
    for (size_t column = 0; column < grid[i].size(); ++column) {
      table += column < num_text_columns ? "| --- " : "| ---: ";
    }
    table += "|\n";
  }
  return table;
}

}  // namespace mono::results
