#include "tasks/text/ptb_words.h"

#include <algorithm>
#include <array>
#include <string>

#include "tasks/text/ptb_abbreviations.h"
#include "tasks/text/python_text.h"

namespace mono::tasks::ptb {
namespace {

constexpr std::array<std::string_view, 6> kVerbClitics = {"'s", "'m", "'d", "'ll", "'re", "'ve"};

template <typename Texts>
size_t first_of(Characters text, size_t start, const Texts& texts) {
  for (const std::string_view small : texts) {
    if (stands_at(text, start, small)) return small.size();
  }
  return 0;
}

bool is_vowel(char32_t c) {
  return is_among(c, U"aeiouyAEIOUY");
}

/// `'90s`, `'90`.
size_t decade(Characters text, size_t start) {
  if (!is_apostrophe(at(text, start)) || !is_digit(at(text, start + 1)) ||
      !is_digit(at(text, start + 2))) {
    return 0;
  }
  const char32_t next = at(text, start + 3);
  if (next == 's' || next == 'S') return 4;
  return is_word_character(next) ? 0 : 3;
}

/// `'n'`, or `'n` in front of a blank.
size_t short_and(Characters text, size_t start) {
  if (!stands_at(text, start, "'n")) return 0;
  if (is_apostrophe(at(text, start + 2))) return 3;
  return is_blank(at(text, start + 2)) ? 2 : 0;
}

/// `d' j' l'` in front of a letter, unless the two are a verb's clitic.
size_t elision(Characters text, size_t start) {
  if (!is_among(at(text, start), U"djlDJL") || !is_apostrophe(at(text, start + 1))) return 0;
  return first_of(text, start + 1, kVerbClitics) > 0 ? 0 : 2;
}

/// `letters' letters` where the sounds on both sides make one word, or the first is `d`, `l`, `o`.
size_t joined_by_apostrophe(Characters text, size_t start) {
  const size_t before = letters(text, start);
  const size_t apostrophe = start + before;
  if (before == 0 || !is_apostrophe(at(text, apostrophe))) return 0;
  const size_t after = letters(text, apostrophe + 1);
  if (after == 0) return 0;
  const size_t length = before + 1 + after;
  if (before == 1 && after >= 2 && is_among(text[start], U"dloDLO")) return length;
  const char32_t next = text[apostrophe + 1];
  const bool is_one_word =
      is_vowel(text[apostrophe - 1]) && (is_among(next, U"aeiou") || is_capital(next));
  const bool is_clitic = verb_clitic(text, apostrophe) == 1 + after;
  return is_one_word && !is_clitic ? length : 0;
}

size_t word_with_first_letter(Characters text, size_t start) {
  return is_letter(at(text, start)) ? letters_and_digits(text, start) : 0;
}

size_t capitals(Characters text, size_t start) {
  return run(text, start, is_capital);
}

/// `5`, `1,000`, `3.5`, without a sign.
size_t plain_number(Characters text, size_t start) {
  return joined(text, start, U".,", digits);
}

size_t joined_by_hyphens(Characters text, size_t start) {
  constexpr Characters kHyphens = U"-_‐";
  const size_t words = joined(text, start, kHyphens, letters_and_digits);
  const size_t number = plain_number(text, start);
  if (number <= digits(text, start) || !is_among(at(text, start + number), kHyphens)) return words;
  const size_t rest = joined(text, start + number + 1, kHyphens, letters_and_digits);
  return rest == 0 ? words : std::max(words, number + 1 + rest);
}

/// `letters and digits`, then up to two times `-letters`.
size_t alternative(Characters text, size_t start) {
  size_t length = letters_and_digits(text, start);
  for (int i = 0; length > 0 && i < 2 && at(text, start + length) == '-'; ++i) {
    const size_t next = letters(text, start + length + 1);
    if (next == 0) break;
    length += 1 + next;
  }
  return length;
}

bool keeps_period(Characters text, size_t start, size_t length) {
  size_t next = start + length + 1;
  const size_t blanks = run(text, next, is_blank);
  next += blanks;
  if (length == 1) {
    return is_ascii_letter(text[start]) && !(blanks > 0 && starts_sentence(text, next));
  }
  std::string word;
  for (const char32_t c : text.substr(start, length)) append_code_point(word, c);
  return is_abbreviation(word) || (is_abbreviation_before_number(word) && is_digit(at(text, next)));
}

}  // namespace

size_t stem_before_not(Characters text, size_t start) {
  const size_t length = run(text, start, is_ascii_letter);
  if (length < 2 || !stands_at(text, start + length - 1, "n't")) return 0;
  const bool ends_in_n = is_among(text[start + length - 2], U"nN");
  return ends_in_n || is_word_character(at(text, start + length + 2)) ? 0 : length - 1;
}

size_t double_word(Characters text, size_t start) {
  constexpr std::array<std::string_view, 6> kWords = {"cannot", "gonna", "wanna",
                                                      "gotta",  "gimme", "lemme"};
  const size_t length = first_of(text, start, kWords);
  return is_word_character(at(text, start + length)) ? 0 : length;
}

size_t verb_clitic(Characters text, size_t start) {
  const size_t length = first_of(text, start, kVerbClitics);
  return is_letter(at(text, start + length)) ? 0 : length;
}

size_t other_clitic(Characters text, size_t start) {
  if (stands_at(text, start, "'tis") || stands_at(text, start, "'twas")) return 2;
  constexpr std::array<std::string_view, 4> kClitics = {"'em", "'till", "'til", "'cause"};
  return std::max({first_of(text, start, kClitics), decade(text, start), short_and(text, start)});
}

size_t apostrophe_word(Characters text, size_t start) {
  constexpr std::array<std::string_view, 2> kWords = {"c'mon", "s'mores"};
  const bool is_old = stands_at(text, start, "ol'") && !is_word_character(at(text, start + 3));
  return std::max({first_of(text, start, kWords), is_old ? size_t{3} : 0,
                   joined_by_apostrophe(text, start), elision(text, start)});
}

size_t word(Characters text, size_t start) {
  const size_t length =
      std::max({joined_by_hyphens(text, start), joined(text, start, U".!?", word_with_first_letter),
                joined(text, start, U"&+", capitals)});
  const bool has_period = length > 0 && at(text, start + length) == '.' &&
                          is_among(at(text, start + length + 1), U",;:");
  return has_period ? length + 1 : length;
}

size_t alternatives(Characters text, size_t start) {
  constexpr int kMaxSlashes = 2;
  return joined(text, start, U"/", alternative, kMaxSlashes);
}

size_t mixed_number(Characters text, size_t start) {
  constexpr size_t kMaxDigits = 4;
  size_t end = start;
  for (const Characters behind : {U" -", U"/", U""}) {
    const size_t length = digits(text, end);
    if (length == 0 || length > kMaxDigits) return 0;
    end += length;
    if (behind.empty()) break;
    if (!is_among(at(text, end), behind)) return 0;
    ++end;
  }
  return end - start;
}

size_t abbreviation(Characters text, size_t start) {
  if (stands_at(text, start, "ph.d.") || stands_at(text, start, "ed.d.")) return 5;
  const size_t length = letters(text, start);
  if (length == 0 || at(text, start + length) != '.') return 0;
  return keeps_period(text, start, length) ? length + 1 : 0;
}

size_t acronym(Characters text, size_t start) {
  size_t end = start;
  while (is_ascii_letter(at(text, end)) && at(text, end + 1) == '.') end += 2;
  return end - start >= 4 ? end - start : 0;
}

}  // namespace mono::tasks::ptb
