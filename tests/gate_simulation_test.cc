#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>
#include <vector>

#include "tests/gate_pairs.h"

namespace mono::results {
namespace {

using tests::binary_pairs;
using tests::Pairs;

/// Two runs of one model on four tasks: questions of their own difficulty, answered twice.
class NullPairs {
 public:
  explicit NullPairs(uint64_t seed) : random_(seed) {}

  Pairs task(int rows, int rows_an_image, bool is_graded) {
    Pairs pairs;
    std::array<double, 2> luck = {0, 0};  // of each run with a picture
    for (int i = 0; i < rows; ++i) {
      if (i % rows_an_image == 0) luck = {0.3 * uniform(), 0.3 * uniform()};
      const double difficulty = 0.7 * uniform();
      const double base = answer(difficulty + luck[0], is_graded);
      const double next = answer(difficulty + luck[1], is_graded);
      pairs.push_back(
          {.base = base, .next = next, .image = static_cast<uint64_t>(i / rows_an_image)});
    }
    return pairs;
  }

 private:
  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }
  double answer(double probability, bool is_graded) {
    if (uniform() >= probability) return 0;
    return is_graded ? std::floor(uniform() * 4) / 4 + 0.25 : 1;
  }
  std::mt19937_64 random_;
};

TEST(GateSimulationTest, RaisesAFalseAlarmInAtMostSixOfAHundredEqualRuns) {
  constexpr int kNumPairs = 2000;
  const GateOptions options{.resampling = {.num_resamples = 399}, .states_detectable = false};
  NullPairs draw(7);
  int alarms = 0;
  for (int i = 0; i < kNumPairs; ++i) {
    std::array<ScoreComparison, 4> tasks = {compare_scores(draw.task(200, 1, false), options),
                                            compare_scores(draw.task(150, 3, false), options),
                                            compare_scores(draw.task(100, 1, true), options),
                                            compare_scores(draw.task(120, 4, true), options)};
    const NamedComparison named[] = {
        {"a", "a", &tasks[0]}, {"b", "b", &tasks[1]}, {"c", "c", &tasks[2]}, {"d", "d", &tasks[3]}};
    decide(named, options);
    alarms += std::any_of(tasks.begin(), tasks.end(), [](const ScoreComparison& task) {
      return task.verdict == Verdict::kWorse;
    });
  }
  RecordProperty("false_alarms_of_2000", alarms);
  std::printf("false alarms: %d of %d\n", alarms, kNumPairs);
  EXPECT_LE(alarms, 0.06 * kNumPairs);
  EXPECT_GE(alarms, 0.02 * kNumPairs);  // a gate that never opens would pass the line above
}

/// A thousand rows of which a share scores differently, and `drop` more of them for the worse.
Pairs thousand_rows(double changed, double drop, std::mt19937_64& random) {
  int64_t lost = 0, gained = 0;
  for (int row = 0; row < 1000; ++row) {
    const double place = static_cast<double>(random() >> 11) * 0x1p-53;
    if (place < (changed + drop) / 2) {
      ++lost;
    } else if (place < changed) {
      ++gained;
    }
  }
  return binary_pairs(1000, lost, gained);
}

/// How often a drop of two points is found in one of so many tasks, the others being equal runs.
double power_against_two_points(double changed, size_t num_tasks, uint64_t seed) {
  constexpr int kNumRuns = 2000;
  const GateOptions options{.resampling = {.num_resamples = 1}, .states_detectable = false};
  std::mt19937_64 random(seed);
  int found = 0;
  for (int run = 0; run < kNumRuns; ++run) {
    std::vector<ScoreComparison> tasks;
    tasks.reserve(num_tasks);
    for (size_t task = 0; task < num_tasks; ++task) {
      tasks.push_back(
          compare_scores(thousand_rows(changed, task == 0 ? 0.02 : 0, random), options));
    }
    std::vector<NamedComparison> named;
    named.reserve(num_tasks);
    for (auto& task : tasks) named.push_back({"t", "t", &task});
    decide(named, options);
    found += tasks.front().verdict == Verdict::kWorse ? 1 : 0;
  }
  std::printf("power against 2 points in one of %zu tasks, %.1f %% of the rows changed: %.3f\n",
              num_tasks, 100 * changed, static_cast<double>(found) / kNumRuns);
  return static_cast<double>(found) / kNumRuns;
}

/// By the normal limit, Φ(0.02 sqrt(n) / sqrt(changed - 0.02²) - 1.645): 0.94, 0.80 and 0.64; the
/// exact test is a little more careful.
TEST(GateSimulationTest, HasTheStatedPowerAgainstADropOfTwoPointsInAThousandRows) {
  EXPECT_NEAR(power_against_two_points(0.04, 1, 1), 0.92, 0.03);
  EXPECT_NEAR(power_against_two_points(0.0653, 1, 2), 0.77, 0.04);
  EXPECT_NEAR(power_against_two_points(0.10, 1, 3), 0.61, 0.04);
}

TEST(GateSimulationTest, HasTheStatedPowerAmongSixteenTasks) {
  EXPECT_NEAR(power_against_two_points(0.04, 16, 4), 0.64, 0.03);
  EXPECT_NEAR(power_against_two_points(0.0653, 16, 5), 0.36, 0.03);
  EXPECT_NEAR(power_against_two_points(0.10, 16, 6), 0.21, 0.03);
}

}  // namespace
}  // namespace mono::results
