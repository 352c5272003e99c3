#include "results/gate.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "model/adapter.h"
#include "tests/gate_pairs.h"

namespace mono::results {
namespace {

using tests::binary_pairs;
using tests::decided;
using tests::Pairs;

TEST(GateTest, SaysThatNothingChanged) {
  const auto same = decided(binary_pairs(100, 0, 0));
  EXPECT_EQ(same.verdict, Verdict::kSame);
  EXPECT_EQ(same.change(), 0);
  EXPECT_EQ(same.test.p_two_sided, 1);
}

TEST(GateTest, SaysThatThreeOfAHundredRowsAreBelowWhatItCanSee) {
  const auto small = decided(binary_pairs(100, 3, 0));
  EXPECT_EQ(small.verdict, Verdict::kNoDrop);
  EXPECT_DOUBLE_EQ(small.change(), -3);
  EXPECT_DOUBLE_EQ(small.test.p_worse, 0.125);
  EXPECT_NEAR(small.detectable_points.value(), 6.63, 0.02);
  EXPECT_EQ(small.reason, "a drop of 3.00 points, below the 6.63 points that these rows can show");
}

TEST(GateTest, FindsFiveOfAHundredRows) {
  const auto worse = decided(binary_pairs(100, 5, 0));
  EXPECT_EQ(worse.verdict, Verdict::kWorse);
  EXPECT_EQ(worse.test.method, TestMethod::kExactMcNemar);
  EXPECT_DOUBLE_EQ(worse.p_worse_holm, 1.0 / 32);
  EXPECT_LT(worse.interval.value().high, 0);
}

TEST(GateTest, SeesARise) {
  EXPECT_EQ(decided(binary_pairs(100, 0, 8)).verdict, Verdict::kBetter);
  EXPECT_EQ(decided(binary_pairs(100, 6, 6)).verdict, Verdict::kNoDrop);
}

TEST(GateTest, AnUpperBoundOfTheDropNeedsNoProbability) {
  EXPECT_EQ(decided(binary_pairs(100, 3, 0), {.max_drop = 2}).verdict, Verdict::kWorse);
  EXPECT_EQ(decided(binary_pairs(100, 3, 0), {.max_drop = 3}).verdict, Verdict::kNoDrop);
  EXPECT_EQ(decided(binary_pairs(100, 0, 0), {.max_drop = 0}).verdict, Verdict::kSame);
}

TEST(GateTest, AToleranceForgivesUpToItself) {
  const auto verdict = [](double points, const char* name) {
    GateOptions options;
    options.tolerances[name] = points;
    return decided(binary_pairs(100, 6, 0), options).verdict;
  };
  EXPECT_EQ(verdict(6, "textvqa"), Verdict::kTolerated);
  EXPECT_EQ(verdict(6, "textvqa.vek"), Verdict::kTolerated);
  EXPECT_EQ(verdict(6, "*"), Verdict::kTolerated);
  EXPECT_EQ(verdict(5.9, "textvqa"), Verdict::kWorse);
  EXPECT_EQ(verdict(6, "textvqa.ivl"), Verdict::kWorse);
}

/// What `decide` says of pairs of which so many rows had an answer and lost it.
ScoreComparison decided_with_failures(const Pairs& pairs, int64_t num_answered, int64_t num_failed,
                                      const GateOptions& options = {}) {
  auto comparison = compare_scores(pairs, options);
  comparison.num_answered = num_answered;
  comparison.num_answers_lost = num_failed;
  const NamedComparison named[] = {
      {.task = "textvqa", .label = "textvqa.vek", .comparison = &comparison}};
  decide(named, options);
  return comparison;
}

TEST(GateTest, GivesNoVerdictWhereTheRowsCanShowNoDrop) {
  const auto four = decided(binary_pairs(4, 4, 0));
  EXPECT_EQ(four.verdict, Verdict::kTooFewRows);
  EXPECT_EQ(four.reason,
            "a drop of 100.00 points, where 4 rows of 4 pictures can show no drop at this alpha: "
            "compare more rows, or bound the drop with --max-drop");
  EXPECT_EQ(decided(binary_pairs(4, 0, 1)).verdict, Verdict::kTooFewRows);
  EXPECT_EQ(decided(binary_pairs(4, 0, 0)).verdict, Verdict::kSame);
  EXPECT_EQ(decided(binary_pairs(4, 1, 0), {.max_drop = 30}).verdict, Verdict::kNoDrop);
  EXPECT_EQ(decided(binary_pairs(4, 1, 0), {.max_drop = 20}).verdict, Verdict::kWorse);
}

TEST(GateTest, FewRowsMayLoseWhatATaskIsAllowedTo) {
  EXPECT_EQ(decided(binary_pairs(4, 1, 0), {.tolerances = {{"textvqa", 25}}}).verdict,
            Verdict::kTolerated);
  EXPECT_EQ(decided(binary_pairs(4, 2, 0), {.tolerances = {{"textvqa", 25}}}).verdict,
            Verdict::kTooFewRows);
}

TEST(GateTest, RowsThatFailNowAreNeverTheSame) {
  const auto ten = decided_with_failures(binary_pairs(100, 0, 0), 100, 10);
  EXPECT_EQ(ten.verdict, Verdict::kNoDrop);
  EXPECT_EQ(ten.reason, "no score changed, but 10 rows that the baseline answered fail now");
}

TEST(GateTest, MoreThanATenthOfTheAnswersLostIsWorseWhateverTheScores) {
  const auto eleven = decided_with_failures(binary_pairs(100, 0, 0), 100, 11,
                                            {.max_drop = 50, .tolerances = {{"*", 100}}});
  EXPECT_EQ(eleven.verdict, Verdict::kWorse);
  EXPECT_EQ(eleven.reason,
            "11 of the 100 rows that the baseline answered fail now, more than 10 %");
  EXPECT_EQ(decided_with_failures(binary_pairs(4, 0, 0), 4, 1).verdict, Verdict::kWorse);
}

TEST(GateTest, CorrectsForTheNumberOfTasks) {
  auto first = compare_scores(binary_pairs(100, 5, 0));
  auto second = compare_scores(binary_pairs(100, 0, 0));
  const NamedComparison named[] = {{"a", "a.vek", &first}, {"b", "b.vek", &second}};
  decide(named, {});
  EXPECT_DOUBLE_EQ(first.p_worse_holm, 2.0 / 32);
  EXPECT_EQ(first.verdict, Verdict::kNoDrop);
  EXPECT_GT(first.detectable_points.value(), decided(binary_pairs(100, 5, 0)).detectable_points);
}

TEST(GateTest, TakesPicturesAsTheUnitsWhereQuestionsShareThem) {
  auto pairs = binary_pairs(100, 6, 0);
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i].image = i / 6;
  const auto clustered = decided(pairs);
  // All six lost rows ask about one picture: one sign flip, no evidence.
  EXPECT_EQ(clustered.num_images, 17);
  EXPECT_EQ(clustered.test.method, TestMethod::kExactPermutation);
  EXPECT_DOUBLE_EQ(clustered.test.p_worse, 0.5);
  EXPECT_EQ(clustered.verdict, Verdict::kNoDrop);
}

TEST(GateTest, FlipsSignsOfGradedScores) {
  Pairs pairs;
  for (uint64_t i = 0; i < 60; ++i) pairs.push_back({.base = 0.9, .next = 0.9, .image = i});
  for (size_t i = 0; i < 8; ++i) pairs[i].next = 0.6;
  const auto graded = decided(pairs);
  EXPECT_FALSE(graded.is_binary);
  EXPECT_DOUBLE_EQ(graded.test.p_worse, 1.0 / 256);
  EXPECT_EQ(graded.verdict, Verdict::kWorse);
  EXPECT_NEAR(graded.change(), -4, 1e-9);
}

TEST(GateTest, DoesNotDependOnTheOrderOfRows) {
  Pairs pairs;
  for (uint64_t i = 0; i < 200; ++i) {
    pairs.push_back({.base = std::abs(std::sin(i)), .next = std::abs(std::cos(i)), .image = i / 2});
  }
  const auto forward = compare_scores(pairs);
  std::reverse(pairs.begin(), pairs.end());
  const auto backward = compare_scores(pairs);
  EXPECT_EQ(forward.test.p_worse, backward.test.p_worse);
  EXPECT_EQ(forward.interval, backward.interval);
}

TEST(GateTest, RefusesNoRowsAndScoresThatAreNoNumbers) {
  EXPECT_THROW(compare_scores(Pairs{}), model::SetupError);
  EXPECT_THROW(compare_scores(Pairs{{.base = std::nan(""), .next = 1}}), model::SetupError);
}

}  // namespace
}  // namespace mono::results
