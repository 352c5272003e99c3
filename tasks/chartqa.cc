// ChartQA, test: questions by people and questions from templates, 1250 each. Masry et al. 2022,
// arXiv:2203.10244. Metric: relaxed accuracy; the table shows the mean of the two halves.

#include <algorithm>
#include <cmath>
#include <limits>

#include "tasks/bounds.h"
#include "tasks/metric/relaxed_accuracy.h"
#include "tasks/pipeline/accepted_answers.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr int kMaxTiles = 12;
constexpr int kMaxNewTokens = 100;
constexpr std::string_view kHuman = "human";
constexpr std::string_view kAugmented = "augmented";
constexpr std::string_view kMeanOfHalves = "mean_of_halves";

const std::vector<Profile>& chartqa_profiles() {
  static const std::vector<Profile> profiles = [] {
    auto internvl = internvl_profile(kMaxNewTokens);
    internvl.what =
        "InternVL's scripts: the five percent are those of the model's answer, as its arguments "
        "are swapped; each half a fraction, and their mean.";
    auto vek = vlmevalkit_profile();
    vek.what =
        "VLMEvalKit as of 2026: the five percent are those of the accepted answer; a list of "
        "numbers as accepted answer is several answers.";
    auto vek_2024 = vlmevalkit_2024_profile();
    vek_2024.what =
        "VLMEvalKit of October 2024: as `vek`, but the five percent are those of the model's "
        "answer; pictures through JPEG, 1024 new tokens.";
    std::vector<Profile> all = {internvl, vek, vek_2024};
    for (auto& profile : all) profile.message.max_tiles = kMaxTiles;
    return all;
  }();
  return profiles;
}

/// `human` of `test_human` and `chartqa_test_human`.
std::string half_of(const Sample& sample) {
  for (const auto half : {kHuman, kAugmented}) {
    if (sample.split.ends_with(half)) return std::string(half);
  }
  return sample.split;
}

/// The splits of the rows that enter the metrics, in the order they come.
std::vector<std::string> splits_of(std::span<const Row> rows, std::string (*split)(const Sample&)) {
  std::vector<std::string> splits;
  for (const auto& row : rows) {
    if (!enters_metrics(row)) continue;
    auto name = split(*row.sample);
    if (std::find(splits.begin(), splits.end(), name) == splits.end()) {
      splits.push_back(std::move(name));
    }
  }
  return splits;
}

std::vector<Row> rows_of_split(std::span<const Row> rows, std::string_view wanted,
                               std::string (*split)(const Sample&)) {
  std::vector<Row> found;
  for (const auto& row : rows) {
    if (enters_metrics(row) && split(*row.sample) == wanted) found.push_back(row);
  }
  return found;
}

std::string split_as_it_is(const Sample& sample) {
  return sample.split;
}

/// InternVL's second figure: equality, both sides stripped and in small letters.
Metric exact_match(std::span<const Row> rows, const Profile& profile, const std::string& half) {
  const auto positions = answered_rows(rows);
  AcceptedAnswers accepted(rows, positions, profile);
  double hits = 0;
  for (size_t k = 0; k < positions.size(); ++k) {
    const auto answer = lower(strip(rows[positions[k]].response));
    const auto references = accepted.row(k);
    hits += std::any_of(references.begin(), references.end(), [&](const std::string& reference) {
      return lower(strip(reference)) == answer;
    });
  }
  const auto count = static_cast<double>(rows.size());
  return {.name = "exact_match",
          .split = half,
          .value = hits / count,
          .count = static_cast<int>(rows.size())};
}

/// An end of the bounds where a row may have lost its half.
double extreme_mean_of_halves(const Task& task, std::span<const Row> rows, const Profile& profile,
                              End end) {
  const auto settled = settled_rows(task, profile, rows, end);
  known_values(settled, task.name());
  std::vector<GroupValue> halves;
  for (const auto half : {kHuman, kAugmented}) {
    double hits = 0;
    int count = 0;
    for (const auto& row : settled) {
      if (has_lost(row, &Sample::split) || half_of(*row.sample) != half) continue;
      hits += row.score->value;
      ++count;
    }
    if (count == 0) return std::numeric_limits<double>::quiet_NaN();
    halves.emplace_back([hits, count, end](int num_more) {
      return (hits + (end == End::kHigh ? num_more : 0)) / (count + num_more) / 2;
    });
  }
  const auto num_lost = std::count_if(settled.begin(), settled.end(),
                                      [](const Row& row) { return has_lost(row, &Sample::split); });
  return extreme_sum(halves, static_cast<int>(num_lost), end);
}

class ChartQa final : public Task {
 public:
  std::string_view name() const override { return "chartqa"; }
  std::vector<std::string_view> aliases() const override {
    return {"ChartQA_TEST", "chartqa_test_human", "chartqa_test_augmented"};
  }
  std::span<const Profile> profiles() const override { return chartqa_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "ChartQA_TEST"; }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, short_answer_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& /*judge*/) const override {
    if (!has_accepted_answers(rows)) return kept_back_scores(rows);
    const auto positions = answered_rows(rows);
    auto predictions = response_column(rows, positions, profile);
    AcceptedAnswers accepted(rows, positions, profile);
    std::vector<std::optional<Score>> scores(rows.size());
    for (size_t k = 0; k < positions.size(); ++k) {
      const auto answer = predictions.text(k);
      const auto references = accepted.row(k);
      const bool is_hit =
          std::any_of(references.begin(), references.end(), [&](const std::string& reference) {
            return is_relaxed_match(reference, answer, profile.relaxed);
          });
      scores[positions[k]] = Score{
          .value = is_hit ? 1.0 : 0.0, .answer = std::string(strip(answer)), .how = "relaxed"};
    }
    return scores;
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    return is_internvl(profile) ? halves(rows, profile) : splits_and_overall(rows, profile);
  }

  Bounds bounds(std::span<const Row> rows, const Profile& profile) const override {
    if (!is_internvl(profile)) return Task::bounds(rows, profile);
    return {extreme_mean_of_halves(*this, rows, profile, End::kLow),
            extreme_mean_of_halves(*this, rows, profile, End::kHigh)};
  }

  std::string_view main_metric(const Profile& profile) const override {
    return is_internvl(profile) ? kMeanOfHalves : "Overall";
  }

  std::optional<double> table_scale(const Profile& profile) const override {
    return is_internvl(profile) ? 100 : 1;
  }

 private:
  std::vector<Metric> splits_and_overall(std::span<const Row> rows, const Profile& profile) const {
    const auto overall = mean_metric(rows, profile, name(), "");
    std::vector<Metric> metrics;
    for (const auto& split : splits_of(rows, split_as_it_is)) {
      if (split.empty()) continue;
      const auto own = rows_of_split(rows, split, split_as_it_is);
      metrics.push_back(mean_metric(own, profile, name(), ""));
      metrics.back().name = split;
    }
    metrics.push_back(overall);
    return metrics;
  }

  /// A mean of halves needs both; without them it is not a number.
  std::vector<Metric> halves(std::span<const Row> rows, const Profile& profile) const {
    known_values(rows, name());
    std::vector<Metric> metrics;
    Metric mean{.name = std::string(kMeanOfHalves)};
    double variance = 0;
    int num_halves = 0;
    for (const auto& half : splits_of(rows, half_of)) {
      const auto own = rows_of_split(rows, half, half_of);
      metrics.push_back(mean_metric(own, profile, name(), half.empty() ? "all" : half));
      mean.count += metrics.back().count;
      if (half == kHuman || half == kAugmented) {
        mean.value += metrics.back().value / 2;
        variance += std::pow(metrics.back().standard_error.value_or(0) / 2, 2);
        ++num_halves;
      }
      metrics.push_back(exact_match(own, profile, metrics.back().name));
    }
    if (num_halves == 2) {
      mean.standard_error = std::sqrt(variance);
    } else {
      mean.value = std::numeric_limits<double>::quiet_NaN();
    }
    metrics.push_back(mean);
    return metrics;
  }
};

}  // namespace

const Task& chartqa() {
  static const ChartQa task;
  return task;
}

}  // namespace mono::tasks
