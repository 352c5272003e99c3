#include "tasks/reader/options_in_question.h"

#include "tasks/pipeline/message.h"

namespace mono::tasks {
namespace {

std::string option_mark(size_t index) {
  return {'\n', static_cast<char>('A' + index), '.', ' '};
}

}  // namespace

std::optional<SplitQuestion> split_options(std::string_view text) {
  const auto ending = "\n" + std::string(kLetterInstruction);
  if (!text.ends_with(ending)) return std::nullopt;
  text.remove_suffix(ending.size());
  const size_t first = text.rfind(option_mark(0));
  if (first == std::string_view::npos) return std::nullopt;
  SplitQuestion split{.question = std::string(text.substr(0, first))};
  auto rest = text.substr(first + option_mark(0).size());
  for (;;) {
    const auto mark = option_mark(split.options.size() + 1);
    const size_t end = rest.find(mark);
    split.options.emplace_back(rest.substr(0, end));
    if (end == std::string_view::npos) return split;
    rest.remove_prefix(end + mark.size());
  }
}

std::string with_options(const Sample& sample) {
  if (const auto* const text = sample.cell("text"); text != nullptr && !is_missing(*text)) {
    return cell_text(*text);
  }
  if (sample.choices.empty()) return sample.question;
  auto text = sample.question;
  for (const auto& choice : sample.choices) {
    text.append("\n").append(1, choice.letter).append(". ").append(choice.text);
  }
  return text.append("\n").append(kLetterInstruction);
}

}  // namespace mono::tasks
