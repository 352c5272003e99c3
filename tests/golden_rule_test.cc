// The rule by which a bf16 row on a GPU may lie on the other side of the exact one.

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/model_golden.h"

namespace mono::tests {
namespace {

constexpr double kLeast = 0.999;
constexpr double kDegree = 3.14159265358979323846 / 180;

/// A row at an angle from (1, 0).
at::Tensor at_degrees(double degrees) {
  return at::tensor({std::cos(degrees * kDegree), std::sin(degrees * kDegree)});
}

int64_t num_beyond(const at::Tensor& actual, double rounded_degrees) {
  return rows_beyond(actual, at_degrees(rounded_degrees), at_degrees(0), kLeast).numel();
}

TEST(GoldenRuleTest, ARowNearTheReferencesBf16RunIsFine) {
  EXPECT_EQ(num_beyond(at_degrees(2.5), 0), 0);
  EXPECT_EQ(num_beyond(at_degrees(2.6), 0), 1);  // cos 2.6 degrees is 0.99897
}

TEST(GoldenRuleTest, ARowOnTheOtherSideMayBeAsFarFromTheExactOneAsTheReferencesAndATenthMore) {
  EXPECT_EQ(num_beyond(at_degrees(-1.6), 1.5), 0);
  EXPECT_EQ(num_beyond(at_degrees(-1.7), 1.5), 1);
  EXPECT_EQ(num_beyond(at_degrees(-2.6), 0.01), 1);
}

TEST(GoldenRuleTest, EachRowIsJudgedByItself) {
  const auto exact = at::stack({at_degrees(0), at_degrees(0)});
  const auto rounded = at::stack({at_degrees(0), at_degrees(3)});
  const auto actual = at::stack({at_degrees(-2.9), at_degrees(-2.9)});
  EXPECT_TRUE(at::equal(rows_beyond(actual, rounded, exact, kLeast), at::tensor({int64_t{0}})));
}

TEST(GoldenRuleTest, WhatIsNoNumberIsNeverFine) {
  const auto nothing = at::full({2}, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(num_beyond(nothing, 3), 1);
}

}  // namespace
}  // namespace mono::tests
