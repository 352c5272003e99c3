#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "model/engine.h"
#include "tests/messages.h"
#include "tests/tiny_checkpoint.h"

namespace mono::model {
namespace {

constexpr int64_t kImage = 30;

/// Who takes an answer may fail, on a full disk say: that ends the batch, and the answer is given
/// to it once.
class BatchAnswersTest : public testing::TestWithParam<PassKind> {};

TEST_P(BatchAnswersTest, AnErrorOfTheTakerEndsTheBatch) {
  const tests::TinyCheckpoint checkpoint;
  const Engine engine(checkpoint.path(), kImage, {.dtype = at::kFloat, .passes = GetParam()});
  const std::vector<EngineRequest> requests(
      2, {.input_ids = {1, 5, 6, 7}, .decoding = {.max_new_tokens = 3}});
  int num_given = 0;
  const auto ask = [&] {
    engine.answer(requests, {}, [&](size_t, const EngineAnswer& answer) {
      EXPECT_EQ(answer.error, "");
      ++num_given;
      fail("no space left");
    });
  };
  EXPECT_EQ(tests::message_of<SetupError>(ask), "no space left");
  EXPECT_EQ(num_given, 1);
}

INSTANTIATE_TEST_SUITE_P(, BatchAnswersTest, testing::Values(PassKind::kPlain, PassKind::kFused));

TEST(FastModeTest, RoundsElsewhereThanTheReference) {
  const tests::TinyCheckpoint checkpoint;
  const auto logits = [&](kernels::Rounding rounding) {
    const Engine engine(checkpoint.path(), kImage,
                        {.passes = PassKind::kFused, .rounding = rounding});
    return engine.forced_logits(std::vector<int64_t>{1, 5, 6, 7, 8}, {},
                                std::vector<int64_t>{9, 10});
  };
  const auto parity = logits(kernels::Rounding::kParity);
  const auto fast = logits(kernels::Rounding::kFast);
  for (int64_t row = 0; row < 3; ++row) {  // behind the prompt, then behind a token of the answer
    EXPECT_FALSE(at::equal(fast[row], parity[row])) << "row " << row;
    EXPECT_TRUE(at::allclose(fast[row], parity[row], 0.02, 0.02)) << "row " << row;
  }
}

TEST(FastModeTest, IsNamedAndFusesThePassesOfAnyDevice) {
  const tests::TinyCheckpoint checkpoint;
  const Engine fast(checkpoint.path(), kImage, {.rounding = kernels::Rounding::kFast});
  EXPECT_TRUE(fast.passes().starts_with("fused passes")) << fast.passes();
  EXPECT_EQ(mode_name(fast.options()), "fast, deterministic");
  EXPECT_EQ(mode_name({.is_deterministic = false}), "parity, free");
}

TEST(FastModeTest, HasNoPlainPasses) {
  const tests::TinyCheckpoint checkpoint;
  const EngineOptions options{.passes = PassKind::kPlain, .rounding = kernels::Rounding::kFast};
  EXPECT_EQ(tests::message_of<SetupError>([&] { Engine(checkpoint.path(), kImage, options); }),
            "fast rounding is that of fused passes; plain ones round as the reference does");
}

}  // namespace
}  // namespace mono::model
