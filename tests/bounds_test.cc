// Bounds bound: whatever the rows come to of which it is not known, the score of the whole set lies
// between them. Of every benchmark, in every profile. Left out: rows that move other rows'
// verdicts, by the type of a column or by where captions are split (see `drawn_answer`); bounds do
// not say what those come to.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <random>

#include "tests/property_rows.h"

namespace mono::tests {
namespace {

using tasks::Profile;
using tasks::Row;
using tasks::Task;
using Places = std::vector<size_t>;

constexpr double kTolerance = 1e-9;

/// What happened to rows: they have no response, or nothing is left of them.
enum class Damage { kNoResponse, kTorn };

Row damaged(const Row& row, Damage damage, size_t place) {
  if (damage == Damage::kNoResponse) return {.sample = row.sample, .error = "out of memory"};
  const tasks::Sample torn{.id = "line " + std::to_string(place + 1), .fault = "expected JSON"};
  return {.sample = std::make_shared<const tasks::Sample>(torn), .error = "expected JSON"};
}

/// Splits that do not count in between, where there are splits that do.
std::vector<std::shared_ptr<const tasks::Sample>> samples_of(const Task& task,
                                                             const Profile& profile) {
  constexpr int kNumCopies = 3 * 14;  // several pictures for each of MME's tasks
  auto samples = property_samples(task, profile, kNumCopies);
  for (size_t i = 0; i < samples.size() && task.name() != "chartqa"; i += 5) {
    auto sample = *samples[i];
    if (!sample.split.empty()) sample.split = "aside";
    samples[i] = std::make_shared<const tasks::Sample>(std::move(sample));
  }
  return samples;
}

/// \returns nothing where there is no number.
std::optional<double> score_of(const Task& task, const Profile& profile, std::vector<Row> rows) {
  tasks::score_rows(task, profile, rows);
  if (!tasks::has_counted_score(rows)) return std::nullopt;
  for (const auto& metric : task.metrics(rows, profile)) {
    if (metric.name != task.main_metric(profile)) continue;
    return std::isnan(metric.value) ? std::nullopt : std::optional(metric.value);
  }
  return std::nullopt;
}

std::string wrong_answer(const tasks::Sample& sample) {
  const auto right = right_answer(sample).value_or("");
  if (right == "Yes" || right == "yes") return "No";
  if (right == "No" || right == "no") return "Yes";
  for (const auto& choice : sample.choices) {
    if (right != std::string(1, choice.letter)) return std::string(1, choice.letter);
  }
  return "zebra crossing";
}

class BoundsTest : public testing::TestWithParam<const Task*> {
 protected:
  /// The bounds with damaged rows against what the whole set may come to.
  static void check(const Profile& profile, const std::vector<Row>& whole, const Places& places,
                    Damage damage) {
    const auto& task = *GetParam();
    auto rows = whole;
    for (const size_t place : places) rows[place] = damaged(whole[place], damage, place);
    tasks::score_rows(task, profile, rows);
    const auto bounds = tasks::main_metric_bounds(task, profile, rows);
    ASSERT_TRUE(bounds);
    if (std::isnan(bounds->low) || std::isnan(bounds->high)) return;
    const auto expect_within = [&](const char* what, const auto& answer) {
      auto answered = whole;
      for (const size_t place : places) answered[place].response = answer(*whole[place].sample);
      const auto score = score_of(task, profile, answered);
      if (!score) return;
      EXPECT_GE(*score, bounds->low - kTolerance) << what;
      EXPECT_LE(*score, bounds->high + kTolerance) << what;
    };
    std::mt19937 random(7);
    const auto drawn = [&](const tasks::Sample& sample) { return drawn_answer(sample, random); };
    expect_within("right", [](const auto& sample) { return right_answer(sample).value_or(""); });
    expect_within("wrong", wrong_answer);
    for (int i = 0; i < 5; ++i) expect_within("drawn", drawn);
  }
};

TEST_P(BoundsTest, TheWholeSetLiesWithin) {
  for (const auto& profile : GetParam()->profiles()) {
    const auto samples = samples_of(*GetParam(), profile);
    for (const unsigned seed : {1, 2, 3, 4}) {
      const auto whole = answered_rows(samples, seed);
      const auto last = whole.size() - 1;
      for (const auto& places :
           {Places{0}, Places{last / 2}, Places{last}, Places{0, last / 3, last}}) {
        for (const auto damage : {Damage::kNoResponse, Damage::kTorn}) {
          SCOPED_TRACE(profile.name + ", seed " + std::to_string(seed) + ", " +
                       std::to_string(places.size()) + " rows from " +
                       std::to_string(places.front()) +
                       (damage == Damage::kTorn ? " torn" : " without response"));
          check(profile, whole, places, damage);
        }
      }
      if (HasFailure()) return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, BoundsTest, testing::ValuesIn(tasks::all_tasks()),
                         [](const auto& test) { return std::string(test.param->name()); });

}  // namespace
}  // namespace mono::tests
