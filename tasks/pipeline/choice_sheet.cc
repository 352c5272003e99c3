#include "tasks/pipeline/choice_sheet.h"

#include <string>

namespace mono::tasks {
namespace {

constexpr std::string_view kOtherAnswers = "Other Answers";

bool is_capital(std::string_view text) {
  return text.size() == 1 && text[0] >= 'A' && text[0] <= 'Z';
}

}  // namespace

ChoiceSheet::ChoiceSheet(std::span<const Row> rows, const Profile& profile)
    : rows_(rows),
      profile_(profile),
      positions_(answered_rows(rows)),
      predictions_(response_column(rows, positions_, profile)),
      targets_(cell_column(rows, positions_, "answer", profile)),
      columns_(rows, positions_, profile) {}

std::string_view ChoiceSheet::target(size_t k) {
  const auto text = targets_.text(k);
  return profile_.letter.rewrites_open_rows && !is_capital(text) ? "A" : text;
}

std::string_view ChoiceSheet::question(size_t k) {
  if (questions_ == nullptr) {
    questions_ =
        std::make_unique<SheetColumn>(cell_column(rows_, positions_, "question", profile_));
  }
  return questions_->text(k);
}

bool ChoiceSheet::is_rewritten(size_t k) const {
  return profile_.letter.rewrites_open_rows && !columns_.has('A', k);
}

std::span<const Choice> ChoiceSheet::choices(size_t k) {
  const auto choices = columns_.row(k);
  if (!is_rewritten(k)) return choices;
  rewritten_ = {{'A', std::string(targets_.text(k))}, {'B', std::string(kOtherAnswers)}};
  for (const auto& choice : choices) {
    if (choice.letter > 'B') rewritten_.push_back(choice);
  }
  return rewritten_;
}

}  // namespace mono::tasks
