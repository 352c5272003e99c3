#pragma once

#include <optional>
#include <span>
#include <string>

namespace mono::results {

/// One number of the final table. What is absent, or not finite, is shown as a dash, never as 0.
struct TableRow {
  std::string model{};
  std::string task{};
  std::string profile{};
  std::string metric{};
  std::optional<double> value{};
  std::optional<double> standard_error{};
  std::optional<int> scored{};  // samples with a score
  std::optional<int> total{};   // samples of the run
  std::optional<double> published{};
  int decimals = 1;
};

/// The table in aligned columns, numbers to the right, for a terminal.
std::string terminal_table(std::span<const TableRow> rows);

/// The same as a Markdown table.
std::string markdown_table(std::span<const TableRow> rows);

}  // namespace mono::results
