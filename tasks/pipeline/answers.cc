#include "tasks/pipeline/answers.h"

#include <algorithm>

namespace mono::tasks {
namespace {

bool has_answer(const Row& row) {
  const auto* const cell = row.sample->cell("answer");
  return !row.sample->targets.empty() || (cell != nullptr && !is_missing(*cell));
}

}  // namespace

std::vector<std::optional<Score>> unscored_without_answers(
    std::span<const Row> rows, std::vector<std::optional<Score>> scores) {
  if (std::any_of(rows.begin(), rows.end(), has_answer)) return scores;
  for (auto& score : scores) {
    if (!score) continue;
    score->value = 0;
    score->log.clear();
    score->state = ScoreState::kUnscored;
  }
  return scores;
}

}  // namespace mono::tasks
