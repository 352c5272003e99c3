#include "evaluator/bench/plain_run.h"

#include <gtest/gtest.h>

#include "evaluator/bench/latency.h"
#include "tests/messages.h"
#include "tests/tiny_models.h"

namespace mono::bench {
namespace {

constexpr int64_t kImage = 30;
const LatencyOptions kOptions{
    .tile_counts = {1}, .num_text_tokens = 5, .concurrencies = {1, 3}, .new_tokens = 4};

Contender opened(const tests::TinyCheckpoint& checkpoint, const model::EngineOptions& options) {
  Contender contender{.name = "mono", .mode = "tested", .image_context_id = kImage};
  contender.engine = std::make_unique<const model::Engine>(checkpoint.path(), kImage, options);
  contender.size = {.config = contender.engine->config()};
  return contender;
}

/// Rows of a contender with the answers it gives.
std::vector<LatencyRow> answered(const std::vector<Contender>& contenders) {
  auto rows = latency_rows(contenders, kOptions);
  for (auto& row : rows) {
    const auto pictures = pictures_for(contenders[0], row.shape.num_tiles, kNumLatencyPictures);
    const auto requests =
        requests_for(contenders[0], row.shape, kOptions.new_tokens, row.concurrency, pictures);
    for (const auto& generation :
         ask_together(contenders[0], requests, row.concurrency).generations) {
      row.answers.push_back(generation.token_ids);
    }
  }
  return rows;
}

TEST(PlainRunTest, FindsTheAnswersOfADeterministicContender) {
  const tests::TinyCheckpoint checkpoint;
  std::vector<Contender> contenders;
  contenders.push_back(opened(checkpoint, {.dtype = at::kFloat}));
  auto rows = answered(contenders);
  const auto plain = opened(checkpoint, plain_options(at::kCPU, at::kFloat));
  compare_with_plain(plain, kOptions, contenders, rows);
  ASSERT_EQ(rows.size(), 2U);
  for (const auto& row : rows) EXPECT_EQ(row.num_as_plain, kOptions.new_tokens);
}

TEST(PlainRunTest, TakesNoOtherAnswerFromADeterministicContender) {
  const tests::TinyCheckpoint checkpoint;
  std::vector<Contender> contenders;
  contenders.push_back(opened(checkpoint, {.dtype = at::kFloat}));
  auto rows = answered(contenders);
  rows[1].answers[2][1] += 1;
  const auto plain = opened(checkpoint, plain_options(at::kCPU, at::kFloat));
  tests::expect_says(
      tests::message_of<model::SetupError>(
          [&] { compare_with_plain(plain, kOptions, contenders, rows); }),
      "mono, tested, 1 tiles, 3 at once: the answer to request 2 is not that of a plain run");
}

TEST(PlainRunTest, CountsTheTokensOfAFreeContenderThatAgree) {
  const tests::TinyCheckpoint checkpoint;
  std::vector<Contender> contenders;
  contenders.push_back(opened(checkpoint, {.dtype = at::kFloat, .is_deterministic = false}));
  auto rows = answered(contenders);
  rows[1].answers[2][1] += 1;
  const auto plain = opened(checkpoint, plain_options(at::kCPU, at::kFloat));
  compare_with_plain(plain, kOptions, contenders, rows);
  EXPECT_EQ(rows[1].num_as_plain, 1);
}

}  // namespace
}  // namespace mono::bench
