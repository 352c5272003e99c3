#include "results/latency.h"

#include <cmath>
#include <vector>

#include "tests/results_files.h"

namespace mono::results {
namespace {

std::vector<TimesPair> pairs_with(double factor, int rows) {
  std::vector<TimesPair> pairs;
  for (int i = 0; i < rows; ++i) {
    const double seconds = 0.1 + 0.01 * (i % 7);
    pairs.push_back({.base = {.prefill = seconds, .decode = 2 * seconds},
                     .next = {.prefill = factor * seconds, .decode = 2 * factor * seconds},
                     .image = static_cast<uint64_t>(i)});
  }
  return pairs;
}

TEST(LatencyTest, FindsTheRatioOfEveryStageThatTookTime) {
  const auto compared = compare_times(pairs_with(1.5, 100), 1, {}).value();
  ASSERT_EQ(compared.stages.size(), 3U);
  EXPECT_EQ(compared.stages[0].name, "total");
  EXPECT_EQ(compared.stages[1].name, "prefill");
  for (const auto& stage : compared.stages) EXPECT_NEAR(stage.ratio, 1.5, 1e-12);
  EXPECT_NEAR(compared.stages[1].base_median, 0.13, 1e-12);
}

TEST(LatencyTest, TestsAgainstEqualityAndAgainstTheLimit) {
  const auto total = [](std::optional<double> limit) {
    return compare_times(pairs_with(1.5, 100), limit, {})->stages[0];
  };
  EXPECT_GE(total(1.6).p_over_limit, 0.999);
  EXPECT_LE(total(1.4).p_over_limit, 1e-3);
  EXPECT_EQ(total({}).p_over_limit, 1);
  for (const auto limit : {std::optional<double>(), std::optional(1.5), std::optional(1.6)}) {
    EXPECT_LE(total(limit).p_equal, 1e-3) << "equality is not about the limit";
  }
}

TEST(LatencyTest, HasNothingToSayWithoutTimes) {
  EXPECT_FALSE(compare_times(pairs_with(0, 10), 1, {}).has_value());
  EXPECT_FALSE(compare_times(std::vector<TimesPair>{}, 1, {}).has_value());
}

TEST(LatencyTest, RefusesTimesThatAreNone) {
  EXPECT_THROW(compare_times(pairs_with(-1, 10), 1, {}), model::SetupError);
  EXPECT_THROW(compare_times(pairs_with(std::nan(""), 10), 1, {}), model::SetupError);
  EXPECT_THROW(compare_times(pairs_with(1, 10), 0, {}), model::SetupError);
}

class TimingsFileTest : public tests::FolderTest {};

TEST_F(TimingsFileTest, KeepsTheLaterTimesOfARow) {
  const auto path = folder_ / "timings.jsonl";
  tests::write_content(
      path, R"({"id":"1","preprocess_seconds":1.0,"prefill_seconds":2,"decode_seconds":3})"
            "\n"
            R"({"id":"1","preprocess_seconds":0.5,"prefill_seconds":0,"decode_seconds":0})"
            "\n");
  const auto times = read_timings(path).rows;
  ASSERT_EQ(times.size(), 1U);
  EXPECT_EQ(times.at("1").total(), 0.5);
  EXPECT_FALSE(times.at("1").wall.has_value());
  tests::write_content(path, "{\"id\":1}\n");
  EXPECT_EQ(tests::setup_error([&] { read_timings(path); }).find(path.string() + ":1: "), 0U);
}

}  // namespace
}  // namespace mono::results
