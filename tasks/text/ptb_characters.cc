#include "tasks/text/ptb_characters.h"

#include <unicode/uchar.h>

#include "tasks/text/python_text.h"

namespace mono::tasks::ptb {

bool is_letter(char32_t c) {
  const auto code = static_cast<UChar32>(c);
  return u_isalpha(code) != 0 || u_charType(code) == U_NON_SPACING_MARK;
}

bool is_ascii_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_capital(char32_t c) {
  return u_isupper(static_cast<UChar32>(c)) != 0;
}

bool is_digit(char32_t c) {
  return is_python_digit(c);
}

bool is_letter_or_digit(char32_t c) {
  return is_letter(c) || is_digit(c);
}

bool is_word_character(char32_t c) {
  return is_letter_or_digit(c) || c == '_';
}

bool is_blank(char32_t c) {
  return is_python_space(c);
}

bool is_apostrophe(char32_t c) {
  return c == '\'' || c == U'’';
}

bool is_among(char32_t c, Characters set) {
  return set.find(c) != Characters::npos;
}

char32_t at(Characters text, size_t position) {
  return position < text.size() ? text[position] : 0;
}

bool stands_at(Characters text, size_t start, std::string_view small) {
  constexpr char32_t kToSmall = 'a' - 'A';
  for (size_t i = 0; i < small.size(); ++i) {
    const char32_t c = at(text, start + i);
    const auto wanted = static_cast<char32_t>(small[i]);
    const bool is_same = wanted == '\''
                             ? is_apostrophe(c)
                             : c == wanted || (c >= 'A' && c <= 'Z' && c + kToSmall == wanted);
    if (!is_same) return false;
  }
  return true;
}

size_t letters(Characters text, size_t start) {
  return run(text, start, is_letter);
}

size_t digits(Characters text, size_t start) {
  return run(text, start, is_digit);
}

size_t letters_and_digits(Characters text, size_t start) {
  return run(text, start, is_letter_or_digit);
}

}  // namespace mono::tasks::ptb
