#include "tasks/text/list_literal.h"

#include <cstdint>

#include "tasks/text/python_number.h"
#include "tasks/text/python_repr.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}

/// A cursor over a literal; each `read_` returns nothing where the text is not what it reads.
class Literal {
 public:
  explicit Literal(std::string_view text) : text_(text) {}

  std::optional<std::vector<std::string>> read_list() {
    skip_blanks();
    if (!take('[')) return std::nullopt;
    std::vector<std::string> elements;
    for (;;) {
      skip_blanks();
      if (take(']')) break;
      auto element = read_element();
      if (!element) return std::nullopt;
      elements.push_back(std::move(*element));
      skip_blanks();
      if (take(',')) continue;
      if (!take(']')) return std::nullopt;
      break;
    }
    skip_blanks();
    if (position_ != text_.size()) return std::nullopt;
    return elements;
  }

 private:
  bool at_end() const { return position_ >= text_.size(); }

  bool take(char c) {
    if (at_end() || text_[position_] != c) return false;
    ++position_;
    return true;
  }

  void skip_blanks() {
    while (!at_end() && std::string_view(" \t\n\r\f").find(text_[position_]) != text_.npos) {
      ++position_;
    }
  }

  std::optional<std::string> read_element() {
    if (at_end()) return std::nullopt;
    const char c = text_[position_];
    if (c != '\'' && c != '"') return read_word();
    auto result = read_string();
    // Strings that follow one another are one string.
    for (skip_blanks(); result && !at_end(); skip_blanks()) {
      if (text_[position_] != '\'' && text_[position_] != '"') break;
      const auto more = read_string();
      if (!more) return std::nullopt;
      *result += *more;
    }
    return result;
  }

  std::optional<std::string> read_word() {
    const size_t end = text_.find_first_of(",] \t\n\r\f", position_);
    if (end == std::string_view::npos) return std::nullopt;
    const auto word = text_.substr(position_, end - position_);
    position_ = end;
    if (word == "True" || word == "False" || word == "None") return std::string(word);
    const auto digits = word.substr(word.starts_with('-') || word.starts_with('+') ? 1 : 0);
    if (digits.empty() || (digits[0] != '.' && (digits[0] < '0' || digits[0] > '9'))) {
      return std::nullopt;
    }
    if (auto integer = parse_int(word)) {
      const bool has_leading_zero = digits[0] == '0' && *integer != "0";
      if (has_leading_zero) return std::nullopt;
      return integer;
    }
    if (const auto number = parse_float(word)) return float_repr(*number);
    return std::nullopt;
  }

  std::optional<std::string> read_string() {
    const char quote = text_[position_++];
    std::string value;
    while (!at_end() && text_[position_] != '\n') {
      const char c = text_[position_++];
      if (c == quote) return value;
      if (c != '\\') {
        value.push_back(c);
      } else if (!read_escape(value)) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  bool read_escape(std::string& value) {
    if (at_end()) return false;
    const char c = text_[position_++];
    constexpr std::string_view kNames = "\\'\"nrtabfv";
    constexpr std::string_view kValues = "\\'\"\n\r\t\a\b\f\v";
    if (const size_t known = kNames.find(c); known != std::string_view::npos) {
      value.push_back(kValues[known]);
      return true;
    }
    if (c == '\n') return true;
    if (c == 'x') return read_hex(2, value);
    if (c == 'u') return read_hex(4, value);
    if (c == 'U') return read_hex(8, value);
    if (is_octal(c)) {
      read_octal(static_cast<uint32_t>(c - '0'), value);
      return true;
    }
    value.append({'\\', c});
    return true;
  }

  void read_octal(uint32_t code, std::string& value) {
    for (int more = 0; more < 2 && !at_end() && is_octal(text_[position_]); ++more) {
      code = code * 8 + static_cast<uint32_t>(text_[position_++] - '0');
    }
    append_code_point(value, code);
  }

  bool read_hex(int num_digits, std::string& value) {
    uint32_t code = 0;
    for (int i = 0; i < num_digits; ++i) {
      const int digit = at_end() ? -1 : hex_value(text_[position_++]);
      if (digit < 0) return false;
      code = code * 16 + static_cast<uint32_t>(digit);
    }
    const bool is_surrogate = code >= 0xD800 && code <= 0xDFFF;
    if (code > 0x10FFFF || is_surrogate) return false;
    append_code_point(value, code);
    return true;
  }

  std::string_view text_;
  size_t position_ = 0;
};

}  // namespace

std::optional<std::vector<std::string>> parse_list_literal(std::string_view text) {
  return Literal(text).read_list();
}

std::string list_literal(const std::vector<std::string>& texts) {
  std::string literal = "[";
  for (const auto& text : texts) {
    if (literal.size() > 1) literal += ", ";
    literal += python_repr(text);
  }
  return literal + "]";
}

}  // namespace mono::tasks
