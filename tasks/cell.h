#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace mono::tasks {

/// One cell of a table as pandas holds it: missing, integer, unsigned integer, float, boolean,
/// text.
using Cell = std::variant<std::monostate, int64_t, uint64_t, double, bool, std::string>;

inline bool is_missing(const Cell& cell) {
  return std::holds_alternative<std::monostate>(cell);
}

/// What Python's str() makes of a cell: `3`, `3.0`, `True`, the text; a missing one gives `nan`.
std::string cell_text(const Cell& cell);

/// Whether pandas 2.2 reads this exact text as missing: empty, `NA`, `None`, `nan` ... (19 texts).
bool is_missing_text(std::string_view text);

}  // namespace mono::tasks
