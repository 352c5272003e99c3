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
  for (const auto& row : rows) {
    EXPECT_EQ(row.num_as_plain, kOptions.new_tokens);
    EXPECT_EQ(row.most_given_up, 0);
  }
}

TEST(PlainRunTest, TakesNoOtherAnswerFromADeterministicContender) {
  const tests::TinyCheckpoint checkpoint;
  std::vector<Contender> contenders;
  contenders.push_back(opened(checkpoint, {.dtype = at::kFloat}));
  auto rows = answered(contenders);
  rows[1].answers[2][1] += 1;
  const auto plain = opened(checkpoint, plain_options(at::kCPU, at::kFloat));
  tests::expect_says(
      tests::message_of<std::runtime_error>(
          [&] { compare_with_plain(plain, kOptions, contenders, rows); }),
      "mono, tested, 1 tiles, 3 at once: the answer to request 2 is not that of a plain run");
}

TEST(PlainRunTest, TakesNoTokenFromAFreeContenderThatRoundingDoesNotExplain) {
  const tests::TinyCheckpoint checkpoint;
  std::vector<Contender> contenders;
  contenders.push_back(opened(checkpoint, {.dtype = at::kFloat, .is_deterministic = false}));
  auto rows = answered(contenders);
  rows[1].answers[2][1] += 1;
  const auto plain = opened(checkpoint, plain_options(at::kCPU, at::kFloat));
  tests::expect_says(
      tests::message_of<std::runtime_error>(
          [&] { compare_with_plain(plain, kOptions, contenders, rows); }),
      "mono, tested, 1 tiles, 3 at once: token 1 of the answer to request 2 is wrong");
  EXPECT_EQ(rows[1].num_as_plain, 1);
  const auto pictures = pictures_for(plain, 1, kNumLatencyPictures);
  const auto request = requests_for(plain, rows[1].shape, kOptions.new_tokens, 3, pictures)[2];
  const auto& answer = rows[1].answers[2];
  const std::vector<int64_t> first = {answer[0]};
  const auto logits =
      plain.engine->forced_logits(request.input_ids, request.pixel_values, first)[1];
  const auto own = logits.max().item<double>();
  EXPECT_NEAR(rows[1].most_given_up, own - logits[answer[1]].item<double>(), 1e-6);
  EXPECT_GT(rows[1].most_given_up, 0);
}

}  // namespace
}  // namespace mono::bench
