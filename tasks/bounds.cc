#include "tasks/bounds.h"

#include <algorithm>
#include <memory>
#include <numeric>

namespace mono::tasks {

bool is_settled(const Row& row) {
  return row.score && row.score->state == ScoreState::kRead && row.error.empty();
}

bool has_lost(const Row& row, std::string Sample::*field) {
  return !row.error.empty() && ((*row.sample).*field).empty();
}

std::optional<Sample> in_split_if_lost(const Row& row, std::string_view split) {
  if (!has_lost(row, &Sample::split)) return std::nullopt;
  auto sample = *row.sample;
  sample.split = split;
  return sample;
}

std::vector<Row> settled_rows(const Task& task, const Profile& profile, std::span<const Row> rows,
                              End end) {
  std::vector<Row> settled(rows.begin(), rows.end());
  for (auto& row : settled) {
    if (is_settled(row)) continue;
    if (auto placed = task.placed_where_it_counts(row, rows, profile)) {
      row.sample = std::make_shared<const Sample>(std::move(*placed));
    }
    if (!row.score) row.score = Score{};
    auto& score = *row.score;
    score.is_counted = task.counts(*row.sample, profile);
    score.value = end == End::kHigh ? score.best_value : 0;
    score.run_values.clear();
    score.state = ScoreState::kRead;
  }
  return settled;
}

double main_value(const Task& task, const Profile& profile, std::span<const Row> rows) {
  const auto name = task.main_metric(profile);
  for (const auto& metric : task.metrics(rows, profile)) {
    if (metric.name == name) return metric.value;
  }
  model::fail(task.name(), ": no metric '", name, "'");
}

double extreme_sum(std::span<const GroupValue> groups, int num_rows, End end) {
  std::vector<int> num_more(groups.size());
  std::vector<double> values;
  std::vector<double> steps;
  for (const auto& group : groups) {
    values.push_back(group(0));
    steps.push_back(group(1) - values.back());
  }
  for (int row = 0; row < num_rows && !groups.empty(); ++row) {
    const auto chosen = end == End::kHigh ? std::max_element(steps.begin(), steps.end())
                                          : std::min_element(steps.begin(), steps.end());
    const auto i = static_cast<size_t>(chosen - steps.begin());
    values[i] = groups[i](++num_more[i]);
    steps[i] = groups[i](num_more[i] + 1) - values[i];
  }
  return std::accumulate(values.begin(), values.end(), 0.0);
}

Bounds Task::bounds(std::span<const Row> rows, const Profile& profile) const {
  const auto end = [&](End which) {
    return main_value(*this, profile, settled_rows(*this, profile, rows, which));
  };
  return {end(End::kLow), end(End::kHigh)};
}

std::optional<Bounds> main_metric_bounds(const Task& task, const Profile& profile,
                                         std::span<const Row> rows) {
  const auto counts = tally(rows);
  if (rows.empty() || counts.read == static_cast<int>(rows.size())) return std::nullopt;
  return task.bounds(rows, profile);
}

}  // namespace mono::tasks
