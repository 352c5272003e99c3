#include "tasks/metric/circular.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "tasks/metric/option_letter.h"
#include "tasks/pipeline/columns.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

constexpr int64_t kRotationStep = 1'000'000;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kAbbreviations = {
    {{"coarse_perception", "CP"},
     {"finegrained_perception (instance-level)", "FP-S"},
     {"finegrained_perception (cross-instance)", "FP-C"},
     {"logic_reasoning", "LR"},
     {"relation_reasoning", "RR"},
     {"attribute_reasoning", "AR"}}};

int64_t index_of(const Sample& sample) {
  int64_t index = 0;
  const auto* const end = sample.id.data() + sample.id.size();
  const auto result = std::from_chars(sample.id.data(), end, index);
  if (result.ec != std::errc() || result.ptr != end || index < 0) {
    model::fail("circular evaluation: expected a row index, got id '", sample.id, "'");
  }
  return index;
}

/// What the judge of a group needs of one row.
struct Reading {
  int64_t index = 0;
  size_t row = 0;
  LetterReading letter{};
  std::string prediction{};
  std::string target{};

  bool is_hit() const { return letter.letter && target == std::string_view(&*letter.letter, 1); }
};

std::vector<Reading> read_letters(std::span<const Row> rows, const Profile& profile) {
  const auto positions = answered_rows(rows);
  auto predictions = response_column(rows, positions, profile);
  auto targets = cell_column(rows, positions, "answer", profile);
  const auto choices = choice_columns(rows, positions, profile);
  std::vector<Reading> readings;
  readings.reserve(positions.size());
  for (size_t k = 0; k < positions.size(); ++k) {
    readings.push_back({.index = index_of(*rows[positions[k]].sample),
                        .row = positions[k],
                        .letter = infer_option(predictions.text(k), choices[k], profile.letter),
                        .prediction = std::string(predictions.text(k)),
                        .target = std::string(targets.text(k))});
  }
  return readings;
}

struct Verdict {
  bool is_hit = false;
  std::string log{};
};

/// \param group  In index order.
Verdict judge_group(std::span<const Reading* const> group) {
  bool is_decided = true;
  for (size_t i = 0; i < group.size(); ++i) {
    const auto& reading = *group[i];
    is_decided = is_decided && reading.letter.letter.has_value();
    if (!reading.letter.letter || reading.is_hit()) continue;
    return {false, "Failed in Prefetching Rolling " + std::to_string(i) + ": Answer is " +
                       reading.target + ", Prediction is " + reading.prediction +
                       ", Pre-fetched is " + std::string(1, *reading.letter.letter) + ". "};
  }
  if (is_decided) return {true, "Succeed During Pre-fetching"};
  return {false, "Failed in Prefetch, no GPT-based answer matching under `exact_matching` policy."};
}

Score score_of(const Reading& reading) {
  return {.value = reading.is_hit() ? 1.0 : 0.0,
          .answer = reading.letter.letter ? std::string(1, *reading.letter.letter) : "",
          .how = reading.letter.step,
          .is_counted = false};
}

std::set<int64_t> groups_with_errors(std::span<const Row> rows) {
  std::set<int64_t> groups;
  for (const auto& row : rows) {
    if (!row.error.empty()) groups.insert(index_of(*row.sample) % kRotationStep);
  }
  return groups;
}

std::string_view short_name(std::string_view category) {
  for (const auto& [name, abbreviation] : kAbbreviations) {
    if (name == category) return abbreviation;
  }
  return category;
}

/// The report over base rows: a line of metrics for each split.
class Report {
 public:
  explicit Report(std::span<const Row> rows) {
    for (const auto& row : rows) {
      if (!enters_metrics(row)) continue;
      base_rows_.push_back(&row);
      splits_.insert(split_of(row));
    }
  }

  std::vector<Metric> metrics() const {
    std::vector<Metric> result;
    for (const auto& split : splits_) {
      result.push_back(mean("Overall", split, [](const Sample&) { return true; }));
      add_categories(result, split, &Sample::l2_category);
      add_categories(result, split, &Sample::category);
    }
    return result;
  }

  int num_groups() const { return static_cast<int>(base_rows_.size()); }

 private:
  static std::string split_of(const Row& row) {
    return row.sample->split.empty() ? "none" : row.sample->split;
  }

  void add_categories(std::vector<Metric>& result, const std::string& split,
                      std::string Sample::*category) const {
    std::set<std::string> names;
    for (const auto* const row : base_rows_) names.insert((*row->sample).*category);
    names.erase("");
    for (const auto& name : names) {
      result.push_back(mean(std::string(short_name(name)), split,
                            [&](const Sample& sample) { return sample.*category == name; }));
    }
  }

  template <typename Wanted>
  Metric mean(std::string name, const std::string& split, const Wanted& wanted) const {
    std::vector<double> hits;
    for (const auto* const row : base_rows_) {
      if (split_of(*row) == split && wanted(*row->sample)) hits.push_back(row->score->value);
    }
    return {.name = std::move(name),
            .split = split,
            .value = hits.empty() ? std::numeric_limits<double>::quiet_NaN() : pairwise_mean(hits),
            .standard_error = standard_error_of_mean(hits),
            .count = static_cast<int>(hits.size())};
  }

  std::vector<const Row*> base_rows_;
  std::set<std::string> splits_;
};

}  // namespace

bool is_base_row(const Sample& sample) {
  return index_of(sample) < kRotationStep;
}

std::vector<std::optional<Score>> score_circular(std::span<const Row> rows,
                                                 const Profile& profile) {
  const auto readings = read_letters(rows, profile);
  std::map<int64_t, std::vector<const Reading*>> groups;
  for (const auto& reading : readings) {
    groups[reading.index % kRotationStep].push_back(&reading);
  }
  const auto unjudged = groups_with_errors(rows);

  std::vector<std::optional<Score>> scores(rows.size());
  for (auto& [base_index, group] : groups) {
    if (unjudged.contains(base_index)) continue;
    std::stable_sort(group.begin(), group.end(),
                     [](const auto* a, const auto* b) { return a->index < b->index; });
    for (const auto* const reading : group) scores[reading->row] = score_of(*reading);
    const auto& base = *group.front();
    if (base.index != base_index) continue;
    auto verdict = judge_group(group);
    auto& score = *scores[base.row];
    score.value = verdict.is_hit ? 1.0 : 0.0;
    score.log = std::move(verdict.log);
    score.is_counted = true;
  }
  return scores;
}

std::vector<Metric> circular_metrics(std::span<const Row> rows, std::string_view task) {
  counted_values(rows, task);  // refuses an empty set
  const Report report(rows);
  auto metrics = report.metrics();
  int num_scored = 0;
  int num_undecided = 0;
  for (const auto& row : rows) {
    if (!row.score) continue;
    ++num_scored;
    if (row.score->answer.empty()) ++num_undecided;
  }
  metrics.push_back(
      {.name = "undecided_rows", .value = static_cast<double>(num_undecided), .count = num_scored});
  metrics.push_back({.name = "groups",
                     .value = static_cast<double>(report.num_groups()),
                     .count = report.num_groups()});
  return metrics;
}

}  // namespace mono::tasks
