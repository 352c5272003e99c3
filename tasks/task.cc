#include "tasks/task.h"

#include <algorithm>

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

void score_rows(const Task& task, const Profile& profile, std::span<Row> rows) {
  auto scores = task.score(rows, profile);
  if (scores.size() != rows.size()) {
    model::fail(task.name(), ": expected ", rows.size(), " verdicts, got ", scores.size());
  }
  for (size_t i = 0; i < rows.size(); ++i) rows[i].score = std::move(scores[i]);
}

int count_scored(std::span<const Row> rows) {
  return static_cast<int>(std::count_if(rows.begin(), rows.end(),
                                        [](const Row& row) { return row.score.has_value(); }));
}

}  // namespace mono::tasks
