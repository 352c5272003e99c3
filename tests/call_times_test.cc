#include "results/call_times.h"

#include <gtest/gtest.h>

namespace mono::results {
namespace {

RowTimes times(int64_t call, double wall, int64_t rows_in_call) {
  return {.wall = wall, .call = call, .rows_in_call = rows_in_call};
}

using Ids = std::unordered_set<std::string>;

const std::vector<std::string> kIds = {"a", "b", "c"};

/// Of runs without a failed row.
std::vector<WallPair> pairs_of(const Timings& base, const Timings& next,
                               const std::vector<std::string>& ids = kIds) {
  const Ids none;
  return wall_pairs({base, none}, {next, none}, ids);
}

TEST(CallTimesTest, TheRowsOfACallBearEqualParts) {
  const Timings base{.rows = {{"a", times(0, 4, 2)}, {"b", times(0, 0, 2)}, {"c", times(1, 3, 1)}}};
  const Timings next{.rows = {{"a", times(5, 0, 3)}, {"b", times(5, 6, 3)}, {"c", times(5, 0, 3)}}};
  const auto pairs = pairs_of(base, next);
  ASSERT_EQ(pairs.size(), 3U);
  for (const size_t row : {0, 1}) EXPECT_EQ(pairs[row].base, 2);
  EXPECT_EQ(pairs[2].base, 3);
  for (const auto& pair : pairs) {
    EXPECT_EQ(pair.next, 2);
    EXPECT_EQ(pair.next_call, 5);
    EXPECT_EQ(pair.fault, CallFault::kNone);
  }
}

TEST(CallTimesTest, ARowThatIsNotComparedTakesItsPartOfTheTimeAndNoMore) {
  const Timings run{.rows = {{"a", times(0, 0, 3)}, {"b", times(0, 0, 3)}, {"c", times(0, 6, 3)}}};
  const auto pairs = pairs_of(run, run, {"a", "b"});
  ASSERT_EQ(pairs.size(), 2U);
  for (const auto& pair : pairs) EXPECT_EQ(pair.base, 2);
}

/// Two calls, of a and b and of c and d.
const Timings kTwoCalls{.rows = {{"a", times(0, 6, 2)},
                                 {"b", times(0, 0, 2)},
                                 {"c", times(1, 3, 2)},
                                 {"d", times(1, 3, 2)}}};

TEST(CallTimesTest, ACallWithARowThatFailedInOneRunHasAFault) {
  const Ids none, failed{"b"};
  const std::vector<std::string> answered{"a", "c", "d"};
  const TimedRun with{kTwoCalls, failed}, without{kTwoCalls, none};
  for (const auto& pairs :
       {wall_pairs(with, without, answered), wall_pairs(without, with, answered)}) {
    ASSERT_EQ(pairs.size(), 3U);
    EXPECT_EQ(pairs[0].fault, CallFault::kFailedInOneRun);
    for (const size_t row : {1, 2}) EXPECT_EQ(pairs[row].fault, CallFault::kNone);
  }
}

TEST(CallTimesTest, TheTimeOfARowThatFailedInBothRunsIsACostOfTheAnswers) {
  const Ids failed{"b"};
  const TimedRun run{kTwoCalls, failed};
  const auto pairs = wall_pairs(run, run, std::vector<std::string>{"a", "c", "d"});
  ASSERT_EQ(pairs.size(), 3U);
  EXPECT_EQ(pairs[0].base, 6);
  EXPECT_EQ(pairs[1].base, 3);
  for (const auto& pair : pairs) EXPECT_EQ(pair.fault, CallFault::kNone);
}

TEST(CallTimesTest, ACallWithFewerTimesThanRowsWasAskedAgain) {
  const Timings whole{
      .rows = {{"a", times(0, 1, 2)}, {"b", times(0, 1, 2)}, {"c", times(1, 1, 1)}}};
  const Timings cut{.rows = {{"a", times(0, 1, 2)}, {"b", times(1, 1, 1)}, {"c", times(2, 1, 1)}}};
  const auto asked_again = [](const std::vector<WallPair>& pairs) {
    std::vector<bool> rows;
    rows.reserve(pairs.size());
    for (const auto& pair : pairs) rows.push_back(pair.fault == CallFault::kAskedAgain);
    return rows;
  };
  const std::vector<bool> expected = {true, false, false};
  EXPECT_EQ(asked_again(pairs_of(whole, cut)), expected);
  EXPECT_EQ(asked_again(pairs_of(cut, whole)), expected);
}

TEST(CallTimesTest, WhereAFileDoesNotSayHowManyWereAskedNoneWasAskedAgain) {
  const Timings run{.rows = {{"a", times(0, 1, 0)}}};
  const auto pairs = pairs_of(run, run);
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].fault, CallFault::kNone);
}

TEST(CallTimesTest, RowsWithoutAWorkingTimeAreLeftOut) {
  const Timings base{.rows = {{"a", times(0, 1, 2)}, {"b", times(0, 1, 2)}}};
  const Timings next{.rows = {{"a", times(0, 1, 1)}, {"b", {}}, {"c", times(1, 1, 1)}}};
  EXPECT_EQ(pairs_of(base, next).size(), 1U);
}

}  // namespace
}  // namespace mono::results
