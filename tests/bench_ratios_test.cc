#include "evaluator/bench/ratios.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "evaluator/bench/published_latency.h"
#include "tests/bench_sizes.h"
#include "tests/messages.h"

namespace mono::bench {
namespace {

TEST(PublishedLatencyTest, IsThePapersTable) {
  EXPECT_NEAR(published_latency(1024)->mono / published_latency(1024)->modular, 0.38, 0.01);
  EXPECT_NEAR(published_latency(2048)->mono / published_latency(2048)->modular, 0.33, 0.01);
  EXPECT_NEAR(published_latency(4096)->mono / published_latency(4096)->modular, 0.41, 0.01);
  EXPECT_FALSE(published_latency(1856));
}

TEST(ShapeOfTotalTest, IsThePapers) {
  const auto config = tests::internlm2_2b_config();
  for (const auto& [total, tiles] : {std::pair{1024, 3}, {2048, 7}, {4096, 15}}) {
    const auto shape = shape_of_total(config, total);
    EXPECT_EQ(shape.num_tiles, tiles);
    EXPECT_EQ(shape.num_text_tokens, 256);
  }
  EXPECT_EQ(shape_of_total(config, 1000).num_tiles, 2);
  EXPECT_EQ(prompt_length(config, shape_of_total(config, 1000)), 1000);
  EXPECT_EQ(shape_of_total(config, 100).num_text_tokens, 100);
}

/// Rows of 1,024 tokens whose times are `seconds` and half of it per token.
LatencyRow row_of(size_t contender, const std::vector<double>& seconds, int new_tokens) {
  LatencyRow row{.contender = contender,
                 .shape = {.num_tiles = 3, .num_text_tokens = 256},
                 .num_tokens = 1024};
  row.answers = {std::vector<int64_t>(static_cast<size_t>(new_tokens), 5)};
  for (const double first : seconds) {
    row.timings.push_back({.first_token = first, .per_token = first / 2, .end_to_end = 2 * first});
  }
  return row;
}

std::vector<Contender> contenders(const char* mode_of_other = "parity, free") {
  std::vector<Contender> both(2);
  both[0].name = "mono";
  both[0].mode = "parity, free";
  both[0].size = tests::mono_2b();
  both[1].name = "internvl";
  both[1].mode = mode_of_other;
  both[1].size = tests::internvl15_2b();
  return both;
}

TEST(LatencyRatiosTest, ArePairedByRound) {
  const std::vector<LatencyRow> rows{row_of(0, {1, 2, 4}, 3), row_of(1, {3, 4, 8}, 3)};
  const auto ratios = latency_ratios(contenders(), rows);
  ASSERT_EQ(ratios.size(), 1U);
  EXPECT_DOUBLE_EQ(ratios[0].first_token.median, 2);
  EXPECT_DOUBLE_EQ(ratios[0].per_token->median, 2);
  EXPECT_DOUBLE_EQ(ratios[0].end_to_end.median, 2);
}

// FLOPs of Mono-InternVL over InternVL-1.5's at 1,024 tokens: 0.60.
TEST(LatencyRatiosTest, StandBesideWhatFlopsAllowAndThePaperSays) {
  const std::vector<LatencyRow> rows{row_of(0, {1}, 1), row_of(1, {2}, 1)};
  const auto ratio = latency_ratios(contenders(), rows).at(0);
  EXPECT_NEAR(1 / ratio.flops, 0.60, 0.01);
  EXPECT_DOUBLE_EQ(*ratio.published, 0.24 / 0.09);
  EXPECT_FALSE(ratio.per_token);
  const auto text = ratio_lines(contenders(), rows);
  tests::expect_says(text, "internvl : mono, 3 tiles, 1024 tokens, 1 at once, parity, free");
  tests::expect_says(text, "first token 2.00 [-], per token -");
  tests::expect_says(text, "the paper's first token 2.67 is 1.59 x that");
  EXPECT_EQ(ratios_json(contenders(), rows).at(0).at("published_first_token"), 0.24 / 0.09);
}

TEST(LatencyRatiosTest, CompareNoOtherModeOrShape) {
  std::vector<LatencyRow> rows{row_of(0, {1}, 1), row_of(1, {2}, 1)};
  EXPECT_TRUE(latency_ratios(contenders("parity, deterministic"), rows).empty());
  rows[1].concurrency = 16;
  EXPECT_TRUE(latency_ratios(contenders(), rows).empty());
}

TEST(LatencyRatiosTest, HaveNothingPublishedForTwoOfAKind) {
  auto alike = contenders();
  alike[1].size = alike[0].size;
  const std::vector<LatencyRow> rows{row_of(0, {1}, 1), row_of(1, {2}, 1)};
  const auto ratio = latency_ratios(alike, rows).at(0);
  EXPECT_DOUBLE_EQ(ratio.flops, 1);
  EXPECT_FALSE(ratio.published);
}

}  // namespace
}  // namespace mono::bench
