#include "results/paired_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "model/adapter.h"
#include "results/interval.h"

namespace mono::results {
namespace {

using Values = std::vector<double>;

TEST(PairedTestTest, McNemarCountsCoinTosses) {
  // Three of three: 1/8 one-sided; six of six: 1/64.
  EXPECT_DOUBLE_EQ(exact_mcnemar(3, 0).p_worse, 0.125);
  EXPECT_DOUBLE_EQ(exact_mcnemar(3, 0).p_two_sided, 0.25);
  EXPECT_DOUBLE_EQ(exact_mcnemar(6, 0).p_worse, 1.0 / 64);
  EXPECT_DOUBLE_EQ(exact_mcnemar(3, 0).p_better, 1);
  EXPECT_DOUBLE_EQ(exact_mcnemar(0, 0).p_two_sided, 1);
}

TEST(PairedTestTest, McNemarIsTheSignFlipTestOfRowsThatStandAlone) {
  const auto by_coins = exact_mcnemar(9, 4);
  Values differences(9, -1.0);
  differences.insert(differences.end(), 4, 1.0);
  const auto by_signs = sign_flip_test(differences);
  EXPECT_NEAR(by_coins.p_worse, by_signs.p_worse, 1e-12);
  EXPECT_NEAR(by_coins.p_better, by_signs.p_better, 1e-12);
}

TEST(PairedTestTest, SignFlipsDependNeitherOnOrderNorOnZeros) {
  Values forward, backward;
  for (int i = 0; i < 60; ++i) forward.push_back(std::sin(i) - 0.1);
  backward.assign(forward.rbegin(), forward.rend());
  backward.insert(backward.begin(), 100, 0.0);
  EXPECT_EQ(sign_flip_test(forward).p_worse, sign_flip_test(backward).p_worse);
}

TEST(PairedTestTest, SignFlipsOfTheOppositeDifferencesSwapTheSides) {
  const Values drops = {-0.3, -0.6, 0.1, -1, -0.3};
  Values rises;
  for (const double drop : drops) rises.push_back(-drop);
  EXPECT_DOUBLE_EQ(sign_flip_test(drops).p_worse, sign_flip_test(rises).p_better);
}

TEST(PairedTestTest, SampledAndExactPermutationAgree) {
  Values differences;
  for (int i = 0; i < 18; ++i) differences.push_back(std::cos(i * i) - 0.2);
  const auto exact = sign_flip_test(differences);
  const auto sampled = sign_flip_test(differences, {.max_exact = 0});
  ASSERT_EQ(sampled.method, TestMethod::kSampledPermutation);
  EXPECT_NEAR(exact.p_worse, sampled.p_worse, 0.02);
}

TEST(PairedTestTest, HasNothingToSayWhereNothingChanged) {
  EXPECT_EQ(sign_flip_test(Values{}).p_worse, 1);
  EXPECT_EQ(sign_flip_test(Values{0, 0}).p_two_sided, 1);
}

TEST(PairedTestTest, RefusesWhatIsNoNumberOfRows) {
  EXPECT_THROW(exact_mcnemar(-1, 2), model::SetupError);
  EXPECT_THROW(sign_flip_test(Values{std::nan("")}), model::SetupError);
}

TEST(PairedTestTest, HolmStepsDownAndNeverFalls) {
  // 4 x 0.005, 3 x 0.01, 2 x 0.03, and the last no smaller than the one before.
  EXPECT_EQ(holm_adjusted(Values{0.01, 0.04, 0.03, 0.005}), (Values{0.03, 0.06, 0.06, 0.02}));
  EXPECT_EQ(holm_adjusted(Values{0.6, 0.7}), (Values{1, 1}));
  EXPECT_EQ(holm_adjusted(Values{}), Values{});
}

TEST(IntervalTest, RatioOfClustersIsTheMeanOfTheirRows) {
  const std::vector<RatioTerm> terms = {{-1, 3}, {0, 1}, {2, 4}};
  EXPECT_DOUBLE_EQ(ratio(terms), 0.125);
}

TEST(IntervalTest, EqualTermsHaveNoWidth) {
  const std::vector<RatioTerm> terms(50, RatioTerm{0.5, 1});
  const auto found = ratio_interval(terms, 0.95).value();
  EXPECT_DOUBLE_EQ(found.interval.low, 0.5);
  EXPECT_DOUBLE_EQ(found.interval.high, 0.5);
  EXPECT_DOUBLE_EQ(ratio_standard_error(terms).value(), 0);
}

TEST(IntervalTest, IsTheSameForTheSameSeedAndAnyOrder) {
  std::vector<RatioTerm> terms;
  terms.reserve(40);
  for (int i = 0; i < 40; ++i) terms.push_back({std::sin(i), 1.0 + i % 3});
  const auto first = ratio_interval(terms, 0.9).value();
  std::reverse(terms.begin(), terms.end());
  const auto second = ratio_interval(terms, 0.9).value();
  EXPECT_EQ(first.interval.low, second.interval.low);
  EXPECT_EQ(first.interval.high, second.interval.high);
}

TEST(IntervalTest, TheNormalLimitTakesOverForManyTerms) {
  std::vector<RatioTerm> terms;
  terms.reserve(400);
  for (int i = 0; i < 400; ++i) terms.push_back({i % 4 == 0 ? 1.0 : 0.0, 1});
  const auto bootstrap = ratio_interval(terms, 0.95).value();
  const auto normal = ratio_interval(terms, 0.95, {.max_sampled = 0}).value();
  EXPECT_TRUE(bootstrap.is_bootstrap);
  EXPECT_FALSE(normal.is_bootstrap);
  EXPECT_NEAR(bootstrap.interval.low, normal.interval.low, 0.005);
  EXPECT_NEAR(bootstrap.interval.high, normal.interval.high, 0.005);
}

TEST(IntervalTest, HasNoneForASingleTermAndRefusesNone) {
  const std::vector<RatioTerm> one = {{1, 1}};
  EXPECT_EQ(ratio_interval(one, 0.95), std::nullopt);
  EXPECT_EQ(ratio_standard_error(one), std::nullopt);
  EXPECT_THROW(ratio(std::vector<RatioTerm>{}), model::SetupError);
  EXPECT_THROW(ratio(std::vector<RatioTerm>{{1, 0}}), model::SetupError);
  EXPECT_THROW(ratio_interval(std::vector<RatioTerm>(3), 1), model::SetupError);
}

}  // namespace
}  // namespace mono::results
