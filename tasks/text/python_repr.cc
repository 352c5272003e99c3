#include "tasks/text/python_repr.h"

#include <fmt/format.h>
#include <unicode/uchar.h>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

/// `str.isprintable` of one character: no control, format, surrogate, private or unassigned one,
/// and no separator but the blank.
bool is_printable(char32_t code_point) {
  constexpr uint32_t kRefused = U_GC_C_MASK | U_GC_Z_MASK;
  return code_point == U' ' ||
         (U_MASK(u_charType(static_cast<UChar32>(code_point))) & kRefused) == 0;
}

void append_escaped(std::string& result, char32_t code_point, char quote) {
  const auto number = static_cast<uint32_t>(code_point);
  if (code_point == static_cast<char32_t>(quote) || code_point == U'\\') {
    result.append(1, '\\').append(1, static_cast<char>(code_point));
  } else if (code_point == U'\n') {
    result += "\\n";
  } else if (code_point == U'\r') {
    result += "\\r";
  } else if (code_point == U'\t') {
    result += "\\t";
  } else if (is_printable(code_point)) {
    append_code_point(result, code_point);
  } else if (number <= 0xFF) {
    result += fmt::format("\\x{:02x}", number);
  } else if (number <= 0xFFFF) {
    result += fmt::format("\\u{:04x}", number);
  } else {
    result += fmt::format("\\U{:08x}", number);
  }
}

}  // namespace

std::string python_repr(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const bool has_double = text.find('"') != std::string_view::npos;
  const char quote = has_single && !has_double ? '"' : '\'';
  std::string result(1, quote);
  for (size_t position = 0; position < text.size();) {
    append_escaped(result, next_code_point(text, position), quote);
  }
  return result + quote;
}

}  // namespace mono::tasks
