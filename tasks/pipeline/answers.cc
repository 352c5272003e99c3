#include "tasks/pipeline/answers.h"

#include <string_view>
#include <unordered_set>

namespace mono::tasks {
namespace {

bool has_answer(const Sample& sample) {
  const auto* const cell = sample.cell("answer");
  return !sample.targets.empty() || (cell != nullptr && !is_missing(*cell));
}

}  // namespace

Unanswered unanswered_rows(std::span<const Row> rows) {
  std::unordered_set<std::string_view> answered;  // splits
  for (const auto& row : rows) {
    if (has_answer(*row.sample)) answered.insert(row.sample->split);
  }
  Unanswered unanswered;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& sample = *rows[i].sample;
    if (has_answer(sample)) continue;
    auto& list = answered.contains(sample.split) ? unanswered.lost : unanswered.kept_back;
    list.push_back(i);
  }
  return unanswered;
}

void unscore_without_answers(std::span<const Row> rows, std::span<std::optional<Score>> scores) {
  for (const size_t i : unanswered_rows(rows).kept_back) {
    auto& score = scores[i];
    if (!score || !rows[i].stored_verdicts.empty()) continue;
    score->value = 0;
    score->log.clear();
    score->state = ScoreState::kUnscored;
  }
}

}  // namespace mono::tasks
