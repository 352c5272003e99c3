#include "tasks/pipeline/answers.h"

#include <string_view>
#include <unordered_set>
#include <variant>

namespace mono::tasks {
bool has_answer(const Sample& sample) {
  if (!sample.targets.empty() || sample.has_swallowed_answer) return true;
  const auto* const cell = sample.cell("answer");
  if (cell == nullptr || is_missing(*cell)) return false;
  const auto* const text = std::get_if<std::string>(cell);
  return text == nullptr || (!text->empty() && *text != "[]");
}

Unanswered unanswered_samples(std::span<const Sample* const> samples) {
  std::unordered_set<std::string_view> answered;  // splits
  for (const auto* const sample : samples) {
    if (has_answer(*sample)) answered.insert(sample->split);
  }
  Unanswered unanswered;
  for (size_t i = 0; i < samples.size(); ++i) {
    if (has_answer(*samples[i])) continue;
    auto& list = answered.contains(samples[i]->split) ? unanswered.lost : unanswered.kept_back;
    list.push_back(i);
  }
  return unanswered;
}

Unanswered unanswered_rows(std::span<const Row> rows) {
  std::vector<const Sample*> samples;
  samples.reserve(rows.size());
  for (const auto& row : rows) samples.push_back(row.sample.get());
  return unanswered_samples(samples);
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
