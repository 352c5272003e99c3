#include "tasks/metric/option_letter.h"

#include <algorithm>
#include <array>
#include <vector>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kFailure = "Failed to obtain answer via API";
constexpr std::array<std::string_view, 4> kRefusals = {
    "Sorry, I can't help with images of people yet.", "I can't process this file.",
    "I'm sorry, but without the image provided", "Cannot determine the answer"};

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_option(std::span<const Choice> choices, char letter) {
  return std::any_of(choices.begin(), choices.end(),
                     [&](const Choice& choice) { return choice.letter == letter; });
}

bool is_punctuation(char c) {
  switch (c) {
    case '.':
    case '(':
    case ')':
    case '[':
    case ']':
    case ',':
    case ':':
    case ';':
    case '!':
    case '*':
    case '#':
    case '{':
    case '}':
      return true;
    default:
      return false;
  }
}

std::string without_punctuation(std::string_view text) {
  std::string result(text);
  std::replace_if(result.begin(), result.end(), is_punctuation, ' ');
  return result;
}

/// The letter of the first `answer is`, white space, asterisks, letter A to D, in any case.
std::optional<char> letter_after_answer_is(std::string_view text) {
  constexpr std::string_view kPhrase = "answer is";
  std::string folded(text);  // ASCII only, so that offsets stay
  for (char& c : folded) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (size_t found = folded.find(kPhrase); found != std::string::npos;
       found = folded.find(kPhrase, found + 1)) {
    size_t position = found + kPhrase.size();
    const size_t after_phrase = position;
    for (size_t next = position; next < text.size(); position = next) {
      if (!is_python_space(next_code_point(text, next))) break;
    }
    if (position == after_phrase) continue;
    while (position < text.size() && text[position] == '*') ++position;
    if (position < text.size() && folded[position] >= 'a' && folded[position] <= 'd') {
      return static_cast<char>(folded[position] - 'a' + 'A');
    }
  }
  return std::nullopt;
}

/// The one option letter among the tokens, if exactly one occurs and stands where it may.
struct LetterTokens {
  int num_letters = 0;
  char letter = 0;
  size_t first_position = 0;
};

LetterTokens find_letters(std::span<const std::string_view> tokens,
                          std::span<const Choice> choices) {
  LetterTokens result;
  for (const auto& choice : choices) {
    const auto found = std::find(tokens.begin(), tokens.end(), std::string_view(&choice.letter, 1));
    if (found == tokens.end()) continue;
    ++result.num_letters;
    result.letter = choice.letter;
    result.first_position = static_cast<size_t>(found - tokens.begin());
  }
  return result;
}

std::optional<char> infer_letter(std::string_view answer, std::span<const Choice> choices,
                                 const LetterRules& rules) {
  if (contains(answer, kFailure)) return std::nullopt;
  for (const auto refusal : kRefusals) {
    if (contains(answer, refusal)) return 'Z';
  }
  const auto spaced = without_punctuation(answer);
  const auto tokens = split_whitespace(spaced);
  const auto letters = find_letters(tokens, choices);
  if (letters.num_letters == 1) {
    constexpr size_t kLastTokens = 4;
    const bool is_near_end = letters.first_position + kLastTokens >= tokens.size();
    if (!rules.only_last_four_tokens || is_near_end) return letters.letter;
  }
  if (letters.num_letters == 0 && std::find(tokens.begin(), tokens.end(), "Z") != tokens.end()) {
    return 'Z';
  }
  if (!rules.reads_answer_is) return std::nullopt;
  const auto letter = letter_after_answer_is(answer);
  return letter && is_option(choices, *letter) ? letter : std::nullopt;
}

std::optional<char> infer_text(std::string_view answer, std::span<const Choice> choices,
                               const LetterRules& rules) {
  const auto folded = lower(answer);
  if (rules.skips_long_texts) {
    size_t options_length = 0;
    for (const auto& choice : choices) options_length += length(choice.text);
    if (length(folded) > 2 * options_length) return std::nullopt;
  }
  std::optional<char> letter;
  for (const auto& choice : choices) {
    if (!contains(folded, lower(choice.text))) continue;
    if (letter) return std::nullopt;
    letter = choice.letter;
  }
  return letter;
}

/// A character that a period or brackets mark as the answer.
struct Mark {
  std::string_view letter{};  // "" if there is none
  bool is_cut_short = false;  // an open bracket and one character: there is no third to look at
};

/// \param text  At least two characters.
Mark read_mark(std::string_view text) {
  size_t behind_first = 0;
  const char32_t first = next_code_point(text, behind_first);
  size_t behind_second = behind_first;
  const char32_t second = next_code_point(text, behind_second);
  if (second == U'.') return {.letter = text.substr(0, behind_first)};
  if (first != U'(') return {};
  if (behind_second == text.size()) return {.is_cut_short = true};
  if (text[behind_second] != ')') return {};
  return {.letter = text.substr(behind_first, behind_second - behind_first)};
}

}  // namespace

bool is_failed_reply(std::string_view reply) {
  return contains(reply, kFailure);
}

LetterReading infer_option(std::string_view answer, std::span<const Choice> choices,
                           const LetterRules& rules) {
  if (const auto letter = infer_letter(answer, choices, rules)) return {letter, "letter"};
  if (const auto letter = infer_text(answer, choices, rules)) return {letter, "text"};
  return {};
}

std::optional<std::string> read_internvl_letter(std::string_view answer,
                                                std::span<const Choice> choices,
                                                const LetterRules& rules) {
  const auto text = strip(answer);
  if (text.empty()) return rules.reads_marked_letters ? std::optional("") : std::nullopt;
  if (length(text) == 1) return std::string(text);
  if (is_option(choices, text[0])) return std::string(1, text[0]);
  if (rules.reads_marked_letters) {
    const auto mark = read_mark(text);
    if (mark.is_cut_short) return std::nullopt;
    if (!mark.letter.empty()) return std::string(mark.letter);
  }
  for (const auto& choice : choices) {
    if (contains(text, choice.text)) return std::string(1, choice.letter);
  }
  return std::string(text);
}

}  // namespace mono::tasks
