// The detectable drop has the power it states: runs made with that drop are found that often.

#include "results/detectable.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ostream>
#include <random>
#include <string>
#include <vector>

#include "model/adapter.h"

namespace mono::results {
namespace {

/// How two runs differ, and the level that is asked.
struct Case {
  std::string name{};
  Changes changes{};
  double alpha = 0.05;
};

std::ostream& operator<<(std::ostream& out, const Case& one) {
  return out << one.name;
}

std::vector<double> repeated(const std::vector<double>& values, int times) {
  std::vector<double> all;
  for (int i = 0; i < times; ++i) all.insert(all.end(), values.begin(), values.end());
  return all;
}

/// Makes runs with a drop by the rule that power_against documents, and tests them as the gate
/// does.
class MadeRuns {
 public:
  MadeRuns(const Case& one, double drop) : case_(one), sizes_(one.changes.magnitudes) {
    if (sizes_.empty()) sizes_ = {1};
    const auto clusters = static_cast<double>(one.changes.num_clusters);
    const double mean =
        std::accumulate(sizes_.begin(), sizes_.end(), 0.0) / static_cast<double>(sizes_.size());
    const double net = drop * static_cast<double>(one.changes.num_rows) / clusters / mean;
    rate_ = std::max(net, static_cast<double>(one.changes.magnitudes.size()) / clusters);
    loss_ = (1 + net / rate_) / 2;
  }

  bool is_found() {
    std::vector<double> differences;
    int64_t lost = 0;
    for (int64_t cluster = 0; cluster < case_.changes.num_clusters; ++cluster) {
      if (uniform() >= rate_) continue;
      const auto place = static_cast<size_t>(uniform() * static_cast<double>(sizes_.size()));
      const bool is_lost = uniform() < loss_;
      lost += is_lost ? 1 : 0;
      differences.push_back(is_lost ? -sizes_[place] : sizes_[place]);
    }
    const auto gained = static_cast<int64_t>(differences.size()) - lost;
    const bool is_binary =
        std::all_of(sizes_.begin(), sizes_.end(), [](double size) { return size == 1; });
    const auto test = is_binary ? exact_mcnemar(lost, gained)
                                : sign_flip_test(differences, {.num_resamples = 1999});
    return test.p_worse <= case_.alpha;
  }

 private:
  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }

  Case case_;
  std::vector<double> sizes_;
  double rate_ = 0;
  double loss_ = 0;
  std::mt19937_64 random_{20};
};

class DetectableDropTest : public testing::TestWithParam<Case> {};

TEST_P(DetectableDropTest, HasThePowerItStates) {
  const auto& [name, changes, alpha] = GetParam();
  const auto drop = detectable_drop(changes, alpha);
  ASSERT_TRUE(drop.has_value());
  MadeRuns runs(GetParam(), *drop);
  constexpr int kNumRuns = 2000;
  int found = 0;
  for (int run = 0; run < kNumRuns; ++run) found += runs.is_found() ? 1 : 0;
  std::printf("%s: %.3f points are found in %d of %d runs\n", name.c_str(), 100 * *drop, found,
              kNumRuns);
  EXPECT_NEAR(static_cast<double>(found) / kNumRuns, 0.8, 0.04);
}

INSTANTIATE_TEST_SUITE_P(
    , DetectableDropTest,
    testing::Values(
        Case{"NothingChanged", {.num_rows = 100, .num_clusters = 100}},
        Case{"FewRowsChanged", {.num_rows = 100, .num_clusters = 100, .magnitudes = {1, 1, 1}}},
        Case{"ManyRowsChanged", {1000, 1000, repeated({1}, 65)}},
        Case{"OneOfSixteenTasks", {1000, 1000, repeated({1}, 65)}, 0.05 / 16},
        Case{"FewGradedRowsChanged", {200, 200, {0.3, 0.6, 1, 0.3}}},
        Case{"ManyGradedRowsChanged", {1000, 1000, repeated({0.3, 0.6, 1, 0.3, 0.9}, 12)}},
        Case{"UnevenScores", {400, 400, {0.013, 0.872, 0.441, 0.29, 0.083, 0.517, 0.999, 0.61}}},
        Case{"OneLargeChangeAmongSmallOnes", {300, 300, {1, 0.05, 0.05, 0.05, 0.05, 0.05}}},
        Case{"PicturesOfSeveralQuestions", {900, 300, repeated({1, 1, 2, 3, 1}, 6)}},
        Case{"PicturesAmongSixteenTasks", {900, 300, repeated({1, 1, 2, 3, 1}, 6)}, 0.05 / 16}),
    [](const auto& info) { return info.param.name; });

TEST(DetectableTest, IsExactWhereLossesAreWholeRows) {
  // P(Binomial(100, 0.06630) >= 5) = 0.8, and five losses of five are 2^-5 <= 0.05.
  const Changes none{.num_rows = 100, .num_clusters = 100};
  EXPECT_NEAR(detectable_drop(none, 0.05).value(), 0.0663, 1e-4);
  EXPECT_NEAR(power_against(0.0663, none, 0.05), 0.8, 1e-3);
  EXPECT_EQ(power_against(0, none, 0.05), 0);
  EXPECT_EQ(power_against(1, none, 0.05), 1);
}

TEST(DetectableTest, ManyChangesComeToTheNormalLimit) {
  // (1.64485 + 0.84162) sqrt(0.05 / 1e6)
  const Changes many{1000000, 1000000, std::vector<double>(50000, 1)};
  EXPECT_NEAR(detectable_drop(many, 0.05).value(), 5.560e-4, 2e-5);
}

/// With the number of changes the drop grows, and smoothly: also where the least number of losses
/// that is found is far below what is expected.
TEST(DetectableTest, GrowsSmoothlyWithTheChanges) {
  for (const int64_t num_rows : {2000, 10000, 14000}) {
    double before = 0;
    for (int changed = 100; changed < 960; changed += 20) {
      const Changes changes{num_rows, num_rows,
                            std::vector<double>(static_cast<size_t>(changed), 1)};
      const double drop = detectable_drop(changes, 0.05).value();
      if (before > 0) {
        EXPECT_GT(drop, before * 0.97) << num_rows << ", " << changed;
        EXPECT_LT(drop, before * 1.15) << num_rows << ", " << changed;
      }
      before = drop;
    }
  }
}

TEST(DetectableTest, PowerNeverFallsWithTheDrop) {
  const Changes changes{10000, 10000, std::vector<double>(640, 1)};
  double before = 0;
  double drop = 0.0001;
  while (drop < 0.9) {
    const double power = power_against(drop, changes, 0.05);
    EXPECT_GE(power, before - 1e-9) << drop;
    before = power;
    drop *= 1.2;
  }
  EXPECT_NEAR(before, 1, 1e-9);
}

TEST(DetectableTest, RowsCanBeTooFewToShowAnything) {
  EXPECT_EQ(detectable_drop({.num_rows = 4, .num_clusters = 4}, 0.05), std::nullopt);
  EXPECT_TRUE(detectable_drop({.num_rows = 5, .num_clusters = 5}, 0.05).has_value());
}

TEST(DetectableTest, DoesNotDependOnTheOrderOfChanges) {
  const Changes forward{200, 200, {0.3, 0.6, 1, 0.25}}, backward{200, 200, {0.25, 1, 0.6, 0.3}};
  EXPECT_EQ(detectable_drop(forward, 0.05), detectable_drop(backward, 0.05));
}

TEST(DetectableTest, RefusesWhatIsNoQuestion) {
  const Changes rows{.num_rows = 10, .num_clusters = 10};
  EXPECT_THROW(detectable_drop({}, 0.05), model::SetupError);
  EXPECT_THROW(detectable_drop(rows, 0), model::SetupError);
  EXPECT_THROW(detectable_drop(rows, 0.05, 1), model::SetupError);
  EXPECT_THROW(power_against(1.1, rows, 0.05), model::SetupError);
}

}  // namespace
}  // namespace mono::results
