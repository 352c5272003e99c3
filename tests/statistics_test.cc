#include "results/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "model/adapter.h"

namespace mono::results {
namespace {

using Scores = std::vector<double>;
using Clusters = std::vector<std::string>;

TEST(StatisticsTest, AveragesScores) {
  EXPECT_DOUBLE_EQ(mean(Scores{1, 0, 1, 1}), 0.75);
  EXPECT_DOUBLE_EQ(mean(Scores{0.5}), 0.5);
}

TEST(StatisticsTest, RefusesNoScoresAndScoresThatAreNoNumbers) {
  EXPECT_THROW(mean(Scores{}), model::SetupError);
  EXPECT_THROW(mean(Scores{1, std::nan("")}), model::SetupError);
  EXPECT_THROW(standard_error(Scores{std::numeric_limits<double>::infinity()}), model::SetupError);
  EXPECT_THROW(clustered_standard_error(Scores{}, Clusters{}), model::SetupError);
  EXPECT_THROW(clustered_standard_error(Scores{1, 0}, Clusters{"a"}), model::SetupError);
}

TEST(StatisticsTest, EstimatesTheStandardErrorFromTheUnbiasedVariance) {
  // Deviations 0.25 thrice and -0.75: (3 * 0.0625 + 0.5625) / 3 / 4 = 0.0625.
  EXPECT_DOUBLE_EQ(standard_error(Scores{1, 0, 1, 1}).value(), 0.25);
  EXPECT_DOUBLE_EQ(standard_error(Scores{3, 3, 3}).value(), 0);
}

TEST(StatisticsTest, HasNoStandardErrorForASingleScoreOrCluster) {
  EXPECT_EQ(standard_error(Scores{1}), std::nullopt);
  EXPECT_EQ(clustered_standard_error(Scores{1, 0}, Clusters{"a", "a"}), std::nullopt);
}

TEST(StatisticsTest, WidensTheErrorWhereClustersAgreeWithin) {
  // Deviations of the clusters 1 and -1: 2 / (2 - 1) * 2 / 4^2 = 1/4.
  EXPECT_DOUBLE_EQ(
      clustered_standard_error(Scores{1, 1, 0, 0}, Clusters{"a", "a", "b", "b"}).value(), 0.5);
}

TEST(StatisticsTest, NarrowsTheErrorWhereClustersDisagreeWithin) {
  // Each cluster holds one right and one wrong answer: none deviates.
  EXPECT_DOUBLE_EQ(
      clustered_standard_error(Scores{1, 0, 1, 0}, Clusters{"a", "a", "b", "b"}).value(), 0);
}

TEST(StatisticsTest, TreatsClustersOfOneAsIndependent) {
  EXPECT_DOUBLE_EQ(
      clustered_standard_error(Scores{1, 0, 1, 1}, Clusters{"a", "b", "c", "d"}).value(), 0.25);
}

TEST(StatisticsTest, BoundsAProportion) {
  // z = 2: centre (0.8 + 4/20) / 1.4, half width 2 sqrt(0.16/10 + 4/400) / 1.4.
  const auto interval = wilson_interval(8, 10, 2);
  EXPECT_NEAR(interval.low, 0.7142857142857143 - 0.23035022137996, 1e-12);
  EXPECT_NEAR(interval.high, 0.7142857142857143 + 0.23035022137996, 1e-12);
}

TEST(StatisticsTest, StaysInsideTheUnitIntervalWithoutCollapsing) {
  EXPECT_DOUBLE_EQ(wilson_interval(0, 10, 2).low, 0);
  EXPECT_NEAR(wilson_interval(0, 10, 2).high, 0.4 / 1.4, 1e-12);
  EXPECT_NEAR(wilson_interval(10, 10, 2).low, 1 / 1.4, 1e-12);
  EXPECT_DOUBLE_EQ(wilson_interval(10, 10, 2).high, 1);
}

TEST(StatisticsTest, TakesNinetyFivePercentByDefault) {
  // 15 of 20: the interval published for Wilson's method is [0.531, 0.888].
  const auto interval = wilson_interval(15, 20);
  EXPECT_NEAR(interval.low, 0.531, 5e-4);
  EXPECT_NEAR(interval.high, 0.888, 5e-4);
}

TEST(StatisticsTest, RefusesAnImpossibleProportion) {
  EXPECT_THROW(wilson_interval(0, 0), model::SetupError);
  EXPECT_THROW(wilson_interval(-1, 2), model::SetupError);
  EXPECT_THROW(wilson_interval(3, 2), model::SetupError);
}

}  // namespace
}  // namespace mono::results
