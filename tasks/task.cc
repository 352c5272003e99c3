#include "tasks/task.h"

#include <algorithm>

#include "tasks/pipeline/answers.h"

namespace mono::tasks {

Registration parse_registration(const std::string& name) {
  if (name == "v2.0") return Registration::kV20;
  if (name == "v1.5") return Registration::kV15;
  model::fail<model::UsageError>("unknown registration '", name, "'; known: v2.0 v1.5");
}

const Profile& Task::profile(std::string_view wanted) const {
  const auto known = profiles();
  if (wanted.empty()) return known.front();
  const auto name_looked_for = wanted == "paper" ? paper_profile() : wanted;
  std::string names;
  for (const auto& profile : known) {
    if (profile.name == name_looked_for) return profile;
    names.append(" ").append(profile.name);
  }
  model::fail<model::UsageError>(name(), ": unknown profile '", wanted, "'; known:", names,
                                 " paper");
}

void score_rows(const Task& task, const Profile& profile, std::span<Row> rows, Judge& judge) {
  auto scores = task.score(rows, profile, judge);
  if (scores.size() != rows.size()) {
    model::fail(task.name(), ": expected ", rows.size(), " verdicts, got ", scores.size());
  }
  unscore_without_answers(rows, scores);
  for (size_t i = 0; i < rows.size(); ++i) rows[i].score = std::move(scores[i]);
}

namespace {

bool means_something(const Row& row) {
  return row.score && row.score->state != ScoreState::kUnscored &&
         row.score->state != ScoreState::kFailed;
}

}  // namespace

bool enters_metrics(const Row& row) {
  return means_something(row) && row.score->is_counted;
}

bool has_counted_score(std::span<const Row> rows) {
  return std::any_of(rows.begin(), rows.end(), enters_metrics);
}

int count_scored(std::span<const Row> rows) {
  return static_cast<int>(std::count_if(rows.begin(), rows.end(), means_something));
}

Tally tally(std::span<const Row> rows) {
  Tally tally;
  for (const auto& row : rows) {
    if (!row.error.empty()) {
      ++tally.failed;
    } else if (!row.score) {
      ++tally.unscored;
    } else {
      switch (row.score->state) {
        case ScoreState::kRead:
          ++tally.read;
          break;
        case ScoreState::kGuessed:
          ++tally.guessed;
          break;
        case ScoreState::kUnparsed:
          ++tally.unparsed;
          break;
        case ScoreState::kUnscored:
          ++tally.unscored;
          break;
        case ScoreState::kFailed:
          ++tally.failed;
          break;
      }
    }
  }
  return tally;
}

}  // namespace mono::tasks
