#include "results/throughput.h"

#include <cmath>
#include <random>
#include <vector>

#include "tests/results_files.h"

namespace mono::results {
namespace {

constexpr int kBatch = 8;

/// Calls of eight rows; the i-th one takes each run its own seconds, scattered by a few percent.
std::vector<WallPair> calls_of(int num_calls, double base_seconds, double next_seconds) {
  std::vector<WallPair> pairs;
  for (int call = 0; call < num_calls; ++call) {
    const double scatter = 1 + 0.01 * (call % 5);
    for (int row = 0; row < kBatch; ++row) {
      const bool is_last = row == kBatch - 1;  // answers come together at the call's end
      pairs.push_back({.base = is_last ? base_seconds * scatter : 0,
                       .next = is_last ? next_seconds / scatter : 0,
                       .base_call = call * kBatch,
                       .next_call = call * kBatch});
    }
  }
  return pairs;
}

TEST(ThroughputTest, IsRowsOverWorkingTime) {
  auto pairs = calls_of(1, 0.8, 1.6);
  const auto compared = compare_throughput(pairs, {}, {}).value();
  EXPECT_EQ(compared.num_rows, 8);
  EXPECT_NEAR(compared.base_rows_per_second, 10, 1e-12);
  EXPECT_NEAR(compared.next_rows_per_second, 5, 1e-12);
  EXPECT_NEAR(compared.ratio, 0.5, 1e-12);
}

TEST(ThroughputTest, ACallIsOneObservation) {
  const auto compared = compare_throughput(calls_of(3, 1, 2), {}, {}).value();
  EXPECT_EQ(compared.num_calls, 3);
  EXPECT_DOUBLE_EQ(compared.p_equal, 2.0 / 8);  // the most that three signs can say
}

TEST(ThroughputTest, TestsAgainstEqualityAndAgainstTheLimit) {
  const auto pairs = calls_of(12, 1, 1.25);
  const auto of_limit = [&](double limit) { return compare_throughput(pairs, limit, {}).value(); };
  EXPECT_DOUBLE_EQ(of_limit(0.9).p_below_limit, 1.0 / 4096);
  EXPECT_GT(of_limit(0.7).p_below_limit, 0.99);
  EXPECT_DOUBLE_EQ(of_limit(0.7).p_equal, 2.0 / 4096);
  EXPECT_EQ(compare_throughput(pairs, {}, {})->p_below_limit, 1);
}

TEST(ThroughputTest, CallsThatShareARowAreOneUnit) {
  auto pairs = calls_of(6, 1, 2);
  for (size_t row = 0; row < pairs.size(); ++row) {
    pairs[row].next_call = static_cast<int64_t>((row + kBatch / 2) / kBatch);  // half a call later
  }
  const auto compared = compare_throughput(pairs, {}, {}).value();
  EXPECT_EQ(compared.num_calls, 1);
  EXPECT_EQ(compared.p_equal, 1);
  EXPECT_FALSE(compared.interval.has_value());
}

TEST(ThroughputTest, LeavesOutCallsAskedAgainAndThoseThatShareTheirRows) {
  auto pairs = calls_of(6, 1, 2);
  // Of a window whose other rows were asked in a call of their own.
  pairs[kBatch].fault = CallFault::kAskedAgain;
  for (size_t row = kBatch + 1; row < 2 * kBatch; ++row) pairs[row].next_call = 1000;
  pairs[2 * kBatch - 1].next = 77;
  const auto compared = compare_throughput(pairs, {}, {}).value();
  EXPECT_EQ(compared.num_calls, 5);
  EXPECT_EQ(compared.num_rows, 5 * kBatch);
  EXPECT_EQ(compared.left_out.asked_again, kBatch);
  EXPECT_EQ(compared.left_out.total(), kBatch);
  EXPECT_NEAR(compared.next_rows_per_second, 4, 0.2);
}

TEST(ThroughputTest, SaysWhyRowsAreLeftOut) {
  auto pairs = calls_of(6, 1, 2);
  for (size_t row = 0; row < 2 * kBatch; ++row) pairs[row].fault = CallFault::kFailedInOneRun;
  pairs[kBatch].fault = CallFault::kAskedAgain;  // and so are all rows of the second call
  const auto compared = compare_throughput(pairs, {}, {}).value();
  EXPECT_EQ(compared.num_calls, 4);
  EXPECT_EQ(compared.left_out.failed_in_one_run, kBatch);
  EXPECT_EQ(compared.left_out.asked_again, kBatch);
}

TEST(ThroughputTest, HasNothingToSayWhereEveryCallHasAFault) {
  auto pairs = calls_of(2, 1, 2);
  for (auto& pair : pairs) pair.fault = CallFault::kAskedAgain;
  EXPECT_FALSE(compare_throughput(pairs, {}, {}).has_value());
}

/// The share of pairs of runs, equal but for a ratio of 0.8 that is allowed, that break the limit.
/// \param num_stops  So many calls of the new run are stopped in the middle, which doubles them.
double share_rejected(int num_stops) {
  int rejected = 0;
  constexpr int kNumRuns = 1000;
  std::mt19937_64 random(5);
  std::lognormal_distribution<double> seconds(0, 0.3);
  for (int run = 0; run < kNumRuns; ++run) {
    auto pairs = calls_of(15 + num_stops, 1, 1);
    for (auto& pair : pairs) {
      const bool is_stopped = pair.next_call < num_stops * kBatch;
      pair.base = pair.base > 0 ? 0.8 * seconds(random) : 0;
      pair.next = pair.next > 0 ? (is_stopped ? 2 : 1) * seconds(random) : 0;
      if (is_stopped) pair.fault = CallFault::kAskedAgain;
    }
    const auto compared = compare_throughput(pairs, 0.8, {.resampling = {.num_resamples = 1}});
    rejected += compared->p_below_limit <= 0.05 ? 1 : 0;
  }
  return static_cast<double>(rejected) / kNumRuns;
}

TEST(ThroughputTest, IsAsSureUnderTheNullAsItSays) {
  EXPECT_LE(share_rejected(0), 0.07);
  EXPECT_GE(share_rejected(0), 0.03);
}

TEST(ThroughputTest, IsAsSureWhereARunWasStopped) {
  EXPECT_LE(share_rejected(5), 0.07);
  EXPECT_GE(share_rejected(5), 0.03);
}

TEST(ThroughputTest, HasNothingToSayWithoutTimes) {
  EXPECT_FALSE(compare_throughput(calls_of(2, 0, 1), {}, {}).has_value());
  EXPECT_FALSE(compare_throughput(std::vector<WallPair>{}, {}, {}).has_value());
}

TEST(ThroughputTest, RefusesTimesThatAreNone) {
  EXPECT_THROW(compare_throughput(calls_of(2, -1, 1), {}, {}), model::SetupError);
  EXPECT_THROW(compare_throughput(calls_of(2, 1, std::nan("")), {}, {}), model::SetupError);
  EXPECT_THROW(compare_throughput(calls_of(2, 1, 1), 0, {}), model::SetupError);
}

}  // namespace
}  // namespace mono::results
