#include "evaluator/bench/interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace mono::bench {
namespace {

MedianInterval of_first(size_t count) {
  std::vector<double> values(count);
  std::iota(values.rbegin(), values.rend(), 1.0);
  return median_interval(values);
}

TEST(MedianIntervalTest, HasNoneBelowSixValues) {
  for (size_t count = 1; count < kLeastForInterval; ++count) {
    const auto interval = of_first(count);
    EXPECT_DOUBLE_EQ(interval.median, (static_cast<double>(count) + 1) / 2);
    EXPECT_FALSE(interval.has_interval()) << count;
    EXPECT_TRUE(std::isnan(interval.low) && std::isnan(interval.high)) << count;
  }
  EXPECT_EQ(shown(of_first(3), 2), "2.00 [-]");
  EXPECT_EQ(interval_legend(3), "medians of 3 rounds; an interval needs 6\n");
}

// P(Binomial(6) < 1) = 1 / 2^6; P(Binomial(20) < 6) = 21700 / 2^20, P(Binomial(20) < 7) > 0.025.
TEST(MedianIntervalTest, SaysHowMuchItCovers) {
  const auto six = of_first(6);
  EXPECT_EQ(six.low, 1);
  EXPECT_EQ(six.high, 6);
  EXPECT_NEAR(six.coverage, 1 - 2.0 / 64, 1e-12);
  const auto twenty = of_first(20);
  EXPECT_EQ(twenty.low, 6);
  EXPECT_EQ(twenty.high, 15);
  EXPECT_NEAR(twenty.coverage, 1 - 2 * 21700.0 / 1048576, 1e-12);
  EXPECT_EQ(shown(twenty, 1), "10.5 [6.0, 15.0]");
  EXPECT_EQ(interval_legend(20), "medians of 20 rounds [interval of 95.9 % confidence]\n");
}

TEST(MedianIntervalTest, StaysNarrowForMoreValuesThanADoubleHasPowersOfTwo) {
  const auto many = of_first(4000);
  EXPECT_NEAR(many.coverage, 0.95, 0.005);
  EXPECT_GT(many.low, 1900);
  EXPECT_LT(many.high, 2101);
}

}  // namespace
}  // namespace mono::bench
