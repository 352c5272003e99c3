#include "evaluator/bench/workload.h"

#include <gtest/gtest.h>

#include "model/engine.h"
#include "tests/tiny_models.h"

namespace mono::bench {
namespace {

/// Mono-InternVL-2B's language model and patch embedding.
ModelSize mono_2b() {
  ModelSize size;
  auto& language = size.config.language;
  language = {.vocab_size = 92553,
              .hidden_size = 2048,
              .num_layers = 24,
              .num_heads = 16,
              .num_kv_heads = 8,
              .head_dim = 128,
              .intermediate_size = 8192,
              .has_visual_experts = true};
  size.config.vision = {
      .hidden_size = 1024, .num_channels = 3, .patch_size = 14, .image_size = 448};
  size.config.image_size = 448;
  size.config.shuffle_factor = 2;
  size.config.tokens_per_tile = 256;
  size.visual_expert_parameters = 24LL * 3 * 2048 * 8192;
  return size;
}

// 7 tiles and 64 tokens: 6.00 TFLOP, 6.03 GB; a token behind 1,024: 3.500 GB.
TEST(WorkloadTest, IsThatOfMonoInternVl2b) {
  const Shape shape{.num_tiles = 7, .num_text_tokens = 64};
  const auto prefill = prefill_work(mono_2b(), shape, 2);
  EXPECT_NEAR(prefill.flops, 6.00e12, 0.03e12);
  EXPECT_NEAR(prefill.bytes, 6.03e9, 0.02e9);
  EXPECT_NEAR(decode_work(mono_2b(), 1024, 2).bytes, 3.500e9, 0.001e9);
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
