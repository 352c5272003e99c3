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

}  // namespace
}  // namespace mono::model
