#include "tasks/metric/internvl_letters.h"

#include <algorithm>
#include <utility>

#include "tasks/metric/option_letter.h"
#include "tasks/pipeline/choice_columns.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {

ScoreState letter_state(std::string_view letter, std::span<const Choice> choices) {
  const bool is_capital = letter.size() == 1 && letter[0] >= 'A' && letter[0] <= 'Z';
  if (choices.empty()) return is_capital ? ScoreState::kRead : ScoreState::kUnparsed;
  const bool is_option = std::any_of(choices.begin(), choices.end(), [&](const Choice& choice) {
    return letter == std::string_view(&choice.letter, 1);
  });
  return is_option ? ScoreState::kRead : ScoreState::kUnparsed;
}

Score raising_score() {
  return {.how = "raises IndexError", .is_counted = false, .state = ScoreState::kUnparsed};
}

std::vector<std::optional<Score>> score_letters(std::span<const Row> rows, const Profile& profile) {
  const auto positions = answered_rows(rows);
  auto targets = cell_column(rows, positions, "answer", profile);
  ChoiceColumns columns(rows, positions, profile);
  std::vector<std::optional<Score>> scores(rows.size());
  for (size_t k = 0; k < positions.size(); ++k) {
    const auto choices = columns.row(k);
    const auto letter = read_internvl_letter(rows[positions[k]].response, choices, profile.letter);
    auto& score = scores[positions[k]];
    if (!letter) {
      score = raising_score();
      continue;
    }
    const bool is_hit = !targets.is_missing(k) && *letter == targets.text(k);
    score = Score{.value = is_hit ? 1.0 : 0.0,
                  .answer = *letter,
                  .how = "letter",
                  .state = letter_state(*letter, choices)};
  }
  return scores;
}

Metric share_of_hits(std::span<const Row> rows, std::string_view task, std::string name) {
  const auto hits = counted_values(rows, task);
  return {.name = std::move(name),
          .value = sum_left_to_right(hits) / static_cast<double>(hits.size()),
          .standard_error = standard_error_of_mean(hits),
          .count = static_cast<int>(hits.size())};
}

std::vector<Metric> letter_metrics(std::span<const Row> rows, std::string_view task) {
  auto share = share_of_hits(rows, task, "letter_accuracy");
  const Metric hits{.name = "row_hits_letter_equals_answer",
                    .value = sum_left_to_right(counted_values(rows, task)),
                    .count = share.count};
  return {std::move(share), hits};
}

}  // namespace mono::tasks
