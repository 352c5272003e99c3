#pragma once

#include <cstddef>
#include <string_view>

/// Characters and short texts as the PTB tokenizer sees them. Positions count from 0.
namespace mono::tasks::ptb {

using Characters = std::u32string_view;

bool is_letter(char32_t c);
bool is_ascii_letter(char32_t c);
bool is_capital(char32_t c);
bool is_digit(char32_t c);
bool is_letter_or_digit(char32_t c);

/// Letters, digits, `_`.
bool is_word_character(char32_t c);

bool is_blank(char32_t c);

/// `'` or `’`.
bool is_apostrophe(char32_t c);

bool is_among(char32_t c, Characters set);

/// The character there; 0 behind the end.
char32_t at(Characters text, size_t position);

/// Whether the ASCII text, given in small letters, stands there, whatever its case. A straight
/// apostrophe in it stands for a curly one too.
bool stands_at(Characters text, size_t start, std::string_view small);

/// How many characters from `start` on pass the test.
template <typename Test>
size_t run(Characters text, size_t start, Test test) {
  size_t end = start;
  while (end < text.size() && test(text[end])) ++end;
  return end - start;
}

/// Runs of `piece` with one of the characters of `joints` between them; at most `max_joints`.
/// \param piece  How long the piece that begins at a position is, 0 if none does.
template <typename Piece>
size_t joined(Characters text, size_t start, Characters joints, Piece piece,
              int max_joints = 1 << 30) {
  size_t length = piece(text, start);
  if (length == 0) return 0;
  for (int i = 0; i < max_joints && is_among(at(text, start + length), joints); ++i) {
    const size_t next = piece(text, start + length + 1);
    if (next == 0) break;
    length += 1 + next;
  }
  return length;
}

size_t letters(Characters text, size_t start);
size_t digits(Characters text, size_t start);
size_t letters_and_digits(Characters text, size_t start);

}  // namespace mono::tasks::ptb
