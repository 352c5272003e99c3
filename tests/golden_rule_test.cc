// What the golden test of models allows: a bf16 row on a GPU may lie on the other side of the exact
// one, and an answer may be another from the first small margin on.

#include <ATen/ATen.h>
#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/golden_model_checks.h"

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

const Arithmetic kBf16 = {.name = "bf16", .dtype = at::kBFloat16};

void expect_answer(const std::vector<int64_t>& actual, const std::vector<float>& margins,
                   const Arithmetic& arithmetic) {
  const auto expected = at::tensor({7, 8, 9}, at::kLong);
  expect_same_answer(actual, expected, at::tensor(margins), arithmetic);
}

TEST(GoldenRuleTest, AnAnswerIsTheGoldenOneUpToTheFirstSmallMargin) {
  expect_answer({7, 8, 9}, {1, 1, 1}, kBf16);
  expect_answer({7, 1}, {1, 0.2F, 1}, kBf16);
  EXPECT_FATAL_FAILURE(expect_answer({1, 8, 9}, {1, 0.2F, 1}, kBf16), "greedy id of step 0");
  EXPECT_FATAL_FAILURE(expect_answer({7, 8, 1}, {1, 1, 0.3F}, kBf16), "greedy id of step 2");
  EXPECT_TRUE(open_answers().empty());
}

TEST(GoldenRuleTest, InFp32NoMarginIsSmall) {
  expect_answer({7, 8, 9}, {1, 0, 1}, {});
  EXPECT_FATAL_FAILURE(expect_answer({7, 1}, {1, 1e-6F, 1}, {}), "greedy id of step 1");
}

TEST(GoldenRuleTest, AnAnswerWithoutACertainIdIsNamed) {
  expect_answer({1, 2, 3}, {0.2F, 1, 1}, kBf16);
  EXPECT_EQ(open_answers(), std::vector<std::string>{"AnAnswerWithoutACertainIdIsNamed"});
  open_answers().clear();
}

TEST(GoldenRuleTest, ExtraResultsStandForThemselves) {
  const json extras = {{"eos_list", {4, 5}}, {"ids_with_eos_list", {7, 5}}, {"new", {1}}};
  const auto extra = extra_of("ids_with_eos_list", extras, 24);
  EXPECT_EQ(extra.stop_ids, (std::vector<int64_t>{4, 5}));
  EXPECT_EQ(extra.expected, (std::vector<int64_t>{7, 5}));
  EXPECT_EQ(extra.decoding.max_new_tokens, 24);
  EXPECT_THROW(extra_of("new", extras, 24), model::SetupError);
}

}  // namespace
}  // namespace mono::tests
