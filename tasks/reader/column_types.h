#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/cell.h"

namespace mono::tasks {

/// The type pandas 2.2 gives a column of texts.
enum class ColumnType { kMissing, kInteger, kUnsigned, kFloat, kBoolean, kText };

/// A column after typing.
struct TypedColumn {
  ColumnType type = ColumnType::kText;
  std::vector<Cell> cells{};
};

/// Types a column over all of its cells, as pandas 2.2 `read_csv` does: integers, floats,
/// booleans or text; the 19 missing texts are missing in each of them.
/// Source: pandas v2.2.3, pandas/_libs/parsers.pyx and src/parser/tokenizer.c.
TypedColumn type_column(std::vector<std::string> texts);

/// Whether pandas reads this text as an integer of any size: blanks, sign, ASCII digits, blanks.
bool is_integer_text(std::string_view text);

/// The double pandas reads from this text with its own, not correctly rounded, parser.
/// \returns nothing where it is no number or overflows.
std::optional<double> parse_pandas_float(std::string_view text);

}  // namespace mono::tasks
