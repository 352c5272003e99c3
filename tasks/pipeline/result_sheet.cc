#include "tasks/pipeline/result_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <utility>

#include "tasks/reader/column_types.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr size_t kMaxCellLength = 32767;  // code points
constexpr size_t kMaxLinkLength = 2079;   // code points

struct ToView {
  template <typename T>
  CellView operator()(const T& value) const {
    return value;
  }
};

struct ViewText {
  std::string operator()(std::monostate) const { return "nan"; }
  std::string operator()(int64_t value) const { return std::to_string(value); }
  std::string operator()(uint64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return float_repr(value); }
  std::string operator()(bool value) const { return value ? "True" : "False"; }
  std::string operator()(std::string_view value) const { return std::string(value); }
};

struct AsDouble {
  std::optional<double> operator()(int64_t value) const { return static_cast<double>(value); }
  std::optional<double> operator()(uint64_t value) const { return static_cast<double>(value); }
  std::optional<double> operator()(double value) const { return value; }
  template <typename T>
  std::optional<double> operator()(const T& /*not a number*/) const {
    return std::nullopt;
  }
};

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return text.starts_with(prefix); });
}

bool is_control(char c) {
  const auto code = static_cast<unsigned char>(c);
  return code < 0x20 && c != '\t' && c != '\n';
}

/// Whether a text begins with the escape of a character, such as `_x000D_`.
bool begins_with_escape(std::string_view text) {
  constexpr size_t kLength = 7;
  const auto is_hex = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  return text.size() >= kLength && text.starts_with("_x") && text[kLength - 1] == '_' &&
         std::all_of(text.begin() + 2, text.begin() + kLength - 1, is_hex);
}

/// Whether xlsxwriter or openpyxl may change a text.
bool may_be_escaped(std::string_view text) {
  return std::any_of(text.begin(), text.end(), is_control) || text.find("_x") != text.npos ||
         text.find("x005F_") != text.npos || text.find("\uFFFE") != text.npos ||
         text.find("\uFFFF") != text.npos;
}

/// A text as it comes back: xlsxwriter escapes escapes, control characters and what is no
/// character; openpyxl takes back the first of these alone, wherever it reads one.
/// Rule: jmcnamara/XlsxWriter 3.3.1 xlsxwriter/xmlwriter.py, _escape_control_characters;
/// openpyxl 3.1.5 openpyxl/reader/strings.py.
std::string with_escapes(std::string_view text) {
  std::string escaped;
  for (size_t i = 0; i < text.size(); ++i) {
    if (begins_with_escape(text.substr(i))) {
      escaped.append("_x005F").append(text.substr(i, 7));
      i += 6;
    } else if (is_control(text[i])) {
      escaped += fmt::format("_x{:04X}_", static_cast<unsigned>(text[i]));
    } else {
      escaped.push_back(text[i]);
    }
  }
  escaped = replace_all(replace_all(escaped, "\uFFFE", "_xFFFE_"), "\uFFFF", "_xFFFF_");
  return replace_all(escaped, "x005F_", "");
}

std::string_view first_code_points(std::string_view text, size_t count) {
  if (text.size() <= count) return text;
  size_t position = 0;
  for (size_t i = 0; i < count && position < text.size(); ++i) next_code_point(text, position);
  return text.substr(0, position);
}

/// A number as the sheet stores it: 16 significant digits, an integer where it is integral.
CellView stored_number(double value) {
  constexpr double kInt64Limit = 9223372036854775808.0;  // 2^63
  const double stored = std::strtod(fmt::format("{:.16g}", value).c_str(), nullptr);
  if (std::trunc(stored) == stored && std::abs(stored) < kInt64Limit) {
    return static_cast<int64_t>(stored);
  }
  return stored;
}

bool is_number_like(const CellView& cell) {
  const auto* const text = std::get_if<std::string_view>(&cell);
  if (text == nullptr) return !std::holds_alternative<bool>(cell);
  return is_integer_text(*text) || parse_pandas_float(*text).has_value();
}

std::optional<bool> boolean_of(const CellView& cell) {
  if (const auto* const value = std::get_if<bool>(&cell)) return *value;
  const auto* const text = std::get_if<std::string_view>(&cell);
  if (text == nullptr) return std::nullopt;
  if (*text == "True" || *text == "TRUE" || *text == "true") return true;
  if (*text == "False" || *text == "FALSE" || *text == "false") return false;
  return std::nullopt;
}

}  // namespace

CellView view_of(const Cell& cell) {
  return std::visit(ToView{}, cell);
}

std::string cell_text(const CellView& cell) {
  return std::visit(ViewText{}, cell);
}

SheetColumn::SheetColumn(std::vector<CellView> written, const SheetRules& rules, Way way)
    : cells_(std::move(written)) {
  if (!rules.is_used) return;
  if (way != Way::kBack) {
    for (auto& cell : cells_) cell = write(cell, rules);
  }
  if (way != Way::kThere) read();
}

std::string_view SheetColumn::text(size_t row) {
  if (const auto* const text = std::get_if<std::string_view>(&cells_[row])) return *text;
  if (is_missing(row)) return "nan";
  return texts_.emplace_back(cell_text(cells_[row]));
}

CellView SheetColumn::keep(std::string text) {
  return std::string_view(texts_.emplace_back(std::move(text)));
}

CellView SheetColumn::write(const CellView& cell, const SheetRules& rules) {
  if (const auto* const text = std::get_if<std::string_view>(&cell)) {
    return write_text(*text, rules);
  }
  const auto number = std::visit(AsDouble{}, cell);
  if (!number) return cell;
  if (std::isinf(*number)) return keep(float_repr(*number));
  return stored_number(*number);
}

CellView SheetColumn::write_text(std::string_view text, const SheetRules& rules) {
  const bool looks_like_formula =
      text.starts_with('=') || (text.starts_with("{=") && text.ends_with('}'));
  if (rules.zeroes_formulas && looks_like_formula) return int64_t{0};

  std::string owned;
  const bool is_url = starts_with_any(text, {"http://", "https://", "ftp://", "ftps://"});
  const bool is_reference = starts_with_any(text, {"mailto:", "internal:", "external:"});
  if ((is_url || is_reference) && length(text) > kMaxLinkLength) return std::monostate{};
  if (is_reference) {
    const bool is_external = text.starts_with("external:");
    text.remove_prefix(text.find(':') + 1);
    if (is_external) text = owned = replace_all(text, "/", "\\");
  }
  text = first_code_points(text, kMaxCellLength);
  if (may_be_escaped(text)) return keep(with_escapes(text));
  return owned.empty() ? CellView(text) : keep(std::string(text));
}

void SheetColumn::read() {
  for (auto& cell : cells_) {
    const auto* const text = std::get_if<std::string_view>(&cell);
    if (text != nullptr && is_missing_text(*text)) cell = std::monostate{};
  }
  if (read_numbers()) return;
  const auto is_missing = [](const CellView& cell) {
    return std::holds_alternative<std::monostate>(cell);
  };
  const auto is_boolean = [&](const CellView& cell) {
    return is_missing(cell) || boolean_of(cell).has_value();
  };
  if (!std::all_of(cells_.begin(), cells_.end(), is_boolean)) return;
  // Boolean cells beside a gap become numbers; texts like `True` become booleans.
  const auto is_no_text = [](const CellView& cell) {
    return !std::holds_alternative<std::string_view>(cell);
  };
  const bool becomes_numbers = std::any_of(cells_.begin(), cells_.end(), is_missing) &&
                               std::all_of(cells_.begin(), cells_.end(), is_no_text);
  for (auto& cell : cells_) {
    const auto value = boolean_of(cell);
    if (value) cell = becomes_numbers ? CellView(*value ? 1.0 : 0.0) : CellView(*value);
  }
}

bool SheetColumn::read_numbers() {
  if (!std::all_of(cells_.begin(), cells_.end(), is_number_like)) return false;
  std::vector<std::string> texts;
  texts.reserve(cells_.size());
  for (const auto& cell : cells_) texts.push_back(cell_text(cell));
  auto column = type_column(std::move(texts));
  if (column.type == ColumnType::kText) return false;
  for (size_t row = 0; row < cells_.size(); ++row) {
    const auto number = std::visit(AsDouble{}, cells_[row]);
    const bool keeps_its_value = number && column.type == ColumnType::kFloat;
    cells_[row] = keeps_its_value ? CellView(*number) : view_of(column.cells[row]);
  }
  return true;
}

}  // namespace mono::tasks
