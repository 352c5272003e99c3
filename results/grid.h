#pragma once

#include <span>
#include <string>
#include <vector>

namespace mono::results {

/// What stands where there is no data; never 0.
inline constexpr const char* kNoData = "—";

/// Lines of equally many cells; the first line holds the titles.
using Grid = std::vector<std::vector<std::string>>;

/// The grid in aligned columns for a terminal, with a rule below the titles.
/// \param num_text_columns  The first so many columns are aligned left, the others right.
std::string terminal_grid(const Grid& grid, size_t num_text_columns);

/// The grid as a Markdown table, each cell as `markdown_text`.
std::string markdown_grid(const Grid& grid, size_t num_text_columns);

}  // namespace mono::results
