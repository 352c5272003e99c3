#include "tasks/reader/answer_check.h"

#include <algorithm>
#include <bit>

#include "tasks/reader/layouts.h"

namespace mono::tasks {
namespace {

bool is_letter(char c) {
  return c >= 'A' && c <= 'Z';
}

std::string letters_of(OptionSet options) {
  std::string letters;
  for (char letter = 'A'; letter <= 'Z'; ++letter) {
    if ((options & option_bit(letter)) != 0) letters.append(1, ' ').append(1, letter);
  }
  return letters;
}

std::string answer_in(const Sample& sample) {
  if (sample.has_swallowed_answer) return "nan";
  const auto* const cell = sample.cell("answer");
  return cell == nullptr || is_missing(*cell) ? "" : cell_text(*cell);
}

/// The options the sample's table has columns for; an empty cell may be an option `None`.
OptionSet option_columns(const Sample& sample) {
  OptionSet options = 0;
  for (const auto& [name, cell] : sample.cells) {
    if (name.size() == 1 && is_letter(name[0])) options |= option_bit(name[0]);
  }
  return options;
}

}  // namespace

OptionSet option_bit(char letter) {
  return OptionSet{1} << static_cast<uint32_t>(letter - 'A');
}

OptionSet options_of(const Sample& sample) {
  OptionSet options = 0;
  for (const auto& choice : sample.choices) {
    if (is_letter(choice.letter)) options |= option_bit(choice.letter);
  }
  return options;
}

OptionSet with_swallowed(OptionSet shown, int num_options) {
  if (shown == 0) return 0;
  const int num_letters = std::max(static_cast<int>(std::bit_width(shown)), num_options);
  return (OptionSet{1} << static_cast<uint32_t>(num_letters)) - 1;
}

std::string letter_fault(std::string_view answer, OptionSet options) {
  if (answer.empty() || options == 0) return "";
  const bool is_one = answer.size() == 1 && is_letter(answer[0]);
  if (is_one && (options & option_bit(answer[0])) != 0) return "";
  return "column 'answer': expected the letter of an option," + letters_of(options) + ", got '" +
         std::string(answer) + "'";
}

std::string letter_fault(const Sample& sample, const Layout& layout) {
  if (!layout.answers_are_letters) return "";
  const auto shown = with_swallowed(options_of(sample), layout.num_options);
  return letter_fault(answer_in(sample), shown == 0 ? 0 : shown | option_columns(sample));
}

}  // namespace mono::tasks
