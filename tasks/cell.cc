#include "tasks/cell.h"

#include <algorithm>
#include <array>

#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

struct CellText {
  std::string operator()(std::monostate) const { return "nan"; }
  std::string operator()(int64_t value) const { return std::to_string(value); }
  std::string operator()(uint64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const { return float_repr(value); }
  std::string operator()(bool value) const { return value ? "True" : "False"; }
  std::string operator()(const std::string& value) const { return value; }
};

// pandas 2.2, pandas/_libs/parsers.pyx, STR_NA_VALUES.
constexpr std::array<std::string_view, 19> kMissingTexts = {
    "",     "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A",  "NA",       "NULL", "NaN",     "None",     "n/a",  "nan",  "null"};

}  // namespace

std::string cell_text(const Cell& cell) {
  return std::visit(CellText{}, cell);
}

bool is_missing_text(std::string_view text) {
  return text.size() <= 8 &&
         std::find(kMissingTexts.begin(), kMissingTexts.end(), text) != kMissingTexts.end();
}

}  // namespace mono::tasks
