#include "evaluator/bench/workload.h"

#include <gtest/gtest.h>

#include "model/engine.h"
#include "tests/bench_sizes.h"
#include "tests/tiny_models.h"

namespace mono::bench {
namespace {

using tests::mono_2b;

// 7 tiles and 64 tokens: 6.00 TFLOP, 6.03 GB; a token behind 1,024: 3.500 GB.
TEST(WorkloadTest, IsThatOfMonoInternVl2b) {
  const Shape shape{.num_tiles = 7, .num_text_tokens = 64};
  const auto prefill = prefill_work(mono_2b(), shape, 2);
  EXPECT_NEAR(prefill.flops, 6.00e12, 0.03e12);
  EXPECT_NEAR(prefill.bytes, 6.03e9, 0.02e9);
  EXPECT_NEAR(decode_work(mono_2b(), 1024, 2).bytes, 3.500e9, 0.001e9);
}

// 7 tiles and 64 tokens: ViT 5.11 TFLOP, language model 5.94.
TEST(WorkloadTest, IsThatOfInternVl15) {
  const auto prefill =
      prefill_work(tests::internvl15_2b(), {.num_tiles = 7, .num_text_tokens = 64}, 2);
  EXPECT_NEAR(prefill.flops, 11.05e12, 0.06e12);
  EXPECT_NEAR(prefill.bytes, 4.21e9, 0.02e9);
}

// 723 GFLOP a tile of ViT, 6.4 of projector.
TEST(WorkloadTest, KnowsTheTilesShare) {
  EXPECT_NEAR(vision_work(tests::internvl15_2b(), 1, 2).flops, 729e9, 4e9);
  EXPECT_NEAR(vision_work(mono_2b(), 7, 2).flops, 7 * 7.7e9, 1e9);
  EXPECT_EQ(vision_work(mono_2b(), 0, 2).bytes, 0);
}

TEST(WorkloadTest, ReadsWeightsOnceForAllThatIsReadTogether) {
  const Shape shape{.num_tiles = 1, .num_text_tokens = 64};
  const auto one = prefill_work(mono_2b(), shape, 2);
  const auto four = prefill_work(mono_2b(), shape, 2, 4);
  EXPECT_DOUBLE_EQ(four.flops, 4 * one.flops);
  const double cache = 96 * 1024 * 320;  // 96 KiB a token
  EXPECT_DOUBLE_EQ(four.bytes - one.bytes, 3 * cache);
  EXPECT_DOUBLE_EQ(decode_work(mono_2b(), 320, 2, 4).bytes - decode_work(mono_2b(), 320, 2).bytes,
                   3 * cache);
}

TEST(WorkloadTest, CountsNoVisualExpertWithoutAPicture) {
  const Shape text{.num_text_tokens = 64};
  auto modular = mono_2b();
  modular.visual_expert_parameters = 0;
  EXPECT_DOUBLE_EQ(prefill_work(mono_2b(), text, 2).bytes, prefill_work(modular, text, 2).bytes);
}

int64_t visual_parameters_of(const tests::TinyModel& tiny) {
  const tests::TinyCheckpoint checkpoint(tests::tiny_weights(tiny), tiny.config);
  const model::Engine engine(checkpoint.path(), /*image_context_id=*/30, {.dtype = at::kFloat});
  return engine.visual_expert_parameters();
}

TEST(WorkloadTest, CountsTheAttentionOfVisualTokensWhereItIsTheirOwn) {
  constexpr int64_t kFeedForward = 2 * 3 * 32 * 48;        // of two layers
  constexpr int64_t kAttention = 2 * (64 * 32 + 32 * 32);  // likewise
  EXPECT_EQ(visual_parameters_of(tests::tiny_mono()), kFeedForward);
  EXPECT_EQ(visual_parameters_of(tests::tiny_mono15()), kFeedForward + kAttention);
  EXPECT_EQ(visual_parameters_of(tests::tiny_internvl15()), 0);
}

}  // namespace
}  // namespace mono::bench
