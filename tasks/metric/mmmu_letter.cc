#include "tasks/metric/mmmu_letter.h"

#include <algorithm>
#include <optional>
#include <string>

#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

std::string_view without_marks_around(std::string_view text) {
  for (const char mark : std::string_view(",.!?;:'")) {
    while (text.starts_with(mark)) text.remove_prefix(1);
    while (text.ends_with(mark)) text.remove_suffix(1);
  }
  return text;
}

/// The option whose mark stands last in the text, the earlier one of two at the same place.
template <typename MarkOf>
std::optional<char> last_option(std::string_view text, std::span<const Choice> choices,
                                const MarkOf& mark_of) {
  std::optional<char> letter;
  size_t last_place = 0;
  for (const auto& choice : choices) {
    const size_t place = text.rfind(mark_of(choice));
    if (place == std::string_view::npos || (letter && place <= last_place)) continue;
    letter = choice.letter;
    last_place = place;
  }
  return letter;
}

std::optional<char> find_option(std::string_view text, std::span<const Choice> choices) {
  constexpr size_t kMaxWordsOfALetter = 5;
  const auto in_brackets = [](const Choice& choice) {
    return std::string("(") + choice.letter + ")";
  };
  const auto between_blanks = [](const Choice& choice) {
    return std::string(" ") + choice.letter + " ";
  };
  const auto folded_text = [](const Choice& choice) { return lower(choice.text); };
  if (const auto letter = last_option(text, choices, in_brackets)) return letter;
  if (const auto letter = last_option(text, choices, between_blanks)) return letter;
  if (split_whitespace(text).size() <= kMaxWordsOfALetter) return std::nullopt;
  return last_option(lower(text), choices, folded_text);
}

}  // namespace

ParsedLetter MmmuLetterParser::read(std::string_view answer, std::span<const Choice> choices) {
  const auto text = " " + std::string(without_marks_around(answer)) + " ";
  if (const auto letter = find_option(text, choices)) return {.letter = *letter};
  return {.letter = choices[random_.below(choices.size())].letter, .is_guess = true};
}

}  // namespace mono::tasks
