#include "tasks/metric/mathvista_tables.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "tasks/pipeline/columns.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_round.h"

namespace mono::tasks {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

bool is_unscored(const Row& row) {
  return row.score->state == ScoreState::kUnscored;
}

/// Rows of one name.
struct Group {
  int total = 0;
  int num_unscored = 0;
  int num_prefetched = 0;
  double hits = 0;

  void add(const Row& row) {
    ++total;
    if (row.score->how == "prefetch") ++num_prefetched;
    if (is_unscored(row)) {
      ++num_unscored;
    } else {
      hits += row.score->value;
    }
  }

  double accuracy(double scale) const { return num_unscored > 0 ? kNaN : hits / total * scale; }
};

/// Groups in the order in which their names first came.
class Groups {
 public:
  Group& operator[](const std::string& name) {
    const auto [entry, is_new] = place_.emplace(name, groups_.size());
    if (is_new) groups_.emplace_back(name, Group{});
    return groups_[entry->second].second;
  }

  std::vector<std::pair<std::string, Group>> all() const { return groups_; }

 private:
  std::vector<std::pair<std::string, Group>> groups_;
  std::map<std::string, size_t> place_;
};

std::vector<const Row*> scored_rows(std::span<const Row> rows) {
  std::vector<const Row*> scored;
  for (const auto& row : rows) {
    if (row.score) scored.push_back(&row);
  }
  if (scored.empty()) model::fail("mathvista: expected at least one scored row, got none");
  return scored;
}

std::optional<double> standard_error(const std::vector<const Row*>& rows, double scale) {
  std::vector<double> values;
  for (const auto* const row : rows) {
    if (is_unscored(*row)) return std::nullopt;
    values.push_back(row->score->value);
  }
  const auto error = standard_error_of_mean(values);
  return error ? std::optional(*error * scale) : std::nullopt;
}

/// What reading by rules alone gives; nothing where every row was read as the pipeline does.
std::optional<Metric> rule_extracted(const std::vector<const Row*>& rows, double scale) {
  Metric metric{.name = "rule_extracted", .count = static_cast<int>(rows.size())};
  bool is_needed = false;
  for (const auto* const row : rows) {
    is_needed = is_needed || is_unscored(*row);
    metric.value += is_unscored(*row) ? 0 : row->score->value;
    for (const auto& [name, value] : row->score->steps) {
      if (name == "rule_extracted" && value == "1") ++metric.value;
    }
  }
  metric.value = metric.value / metric.count * scale;
  return is_needed ? std::optional(metric) : std::nullopt;
}

/// The values a row has under a key: one, or for skills a list.
std::vector<std::string> values_of(const Row& row, const std::string& key) {
  const auto* const cell = row.sample->cell(key);
  if (cell == nullptr || is_missing(*cell)) return {};
  const auto text = cell_text(*cell);
  return key == "skills" ? accepted_answers(text) : std::vector{text};
}

void append_breakdown(std::vector<Metric>& metrics, const std::vector<const Row*>& rows,
                      const std::string& key, const MathVistaRules& rules) {
  Groups groups;
  for (const auto* const row : rows) {
    auto values = values_of(*row, key);
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    for (const auto& value : values) groups[value].add(*row);
  }
  std::vector<Metric> lines;
  for (const auto& [name, group] : groups.all()) {
    const double accuracy =
        rules.gives_fractions ? group.accuracy(1) : python_round(group.accuracy(100), 2);
    lines.push_back({.name = name, .split = key, .value = accuracy, .count = group.total});
  }
  std::stable_sort(lines.begin(), lines.end(), [](const Metric& a, const Metric& b) {
    return std::isnan(b.value) ? !std::isnan(a.value) : a.value > b.value;
  });
  metrics.insert(metrics.end(), lines.begin(), lines.end());
}

}  // namespace

std::vector<Metric> official_math_metrics(std::span<const Row> rows, const MathVistaRules& rules) {
  const auto scored = scored_rows(rows);
  const double scale = rules.gives_fractions ? 1 : 100;
  Group all;
  for (const auto* const row : scored) all.add(*row);
  const double accuracy = all.accuracy(scale);
  std::vector<Metric> metrics = {
      {.name = "average",
       .value = rules.gives_fractions ? accuracy : python_round(accuracy, 2),
       .standard_error = standard_error(scored, scale),
       .count = all.total},
      {.name = "correct_of_" + std::to_string(all.total),
       .value = all.num_unscored > 0 ? kNaN : all.hits,
       .count = all.total}};
  if (const auto metric = rule_extracted(scored, scale)) metrics.push_back(*metric);
  for (const auto* const key : {"question_type", "answer_type", "language", "source", "category",
                                "task", "context", "grade", "skills"}) {
    append_breakdown(metrics, scored, key, rules);
  }
  return metrics;
}

std::vector<Metric> vlmevalkit_math_metrics(std::span<const Row> rows, const Profile& profile) {
  const auto scored = scored_rows(rows);
  std::vector<size_t> positions;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].score) positions.push_back(i);
  }
  auto skills = cell_column(rows, positions, "skills", profile);
  auto tasks = cell_column(rows, positions, "task", profile);
  Groups groups;
  for (size_t k = 0; k < positions.size(); ++k) {
    const auto& row = rows[positions[k]];
    groups["Overall"].add(row);
    if (!skills.is_missing(k)) {
      for (const auto& skill : accepted_answers(skills.text(k))) groups[skill].add(row);
    }
    if (!tasks.is_missing(k)) groups[std::string(tasks.text(k))].add(row);
  }

  std::vector<Metric> metrics;
  std::vector<Metric> others;
  for (const auto& [name, group] : groups.all()) {
    const auto count = group.total;
    const double prefetched = group.num_prefetched;
    metrics.push_back({.name = name, .value = group.accuracy(100), .count = count});
    others.push_back({.name = name,
                      .split = "hit",
                      .value = group.num_unscored > 0 ? kNaN : group.hits,
                      .count = count});
    others.push_back({.name = name, .split = "prefetch", .value = prefetched, .count = count});
    others.push_back({.name = name,
                      .split = "prefetch_rate",
                      .value = prefetched / count * 100,
                      .count = count});
  }
  metrics.front().standard_error = standard_error(scored, 100);
  if (const auto metric = rule_extracted(scored, 100)) metrics.push_back(*metric);
  metrics.insert(metrics.end(), others.begin(), others.end());
  return metrics;
}

}  // namespace mono::tasks
