// What is recorded, where memory is short.
#include <gtest/gtest.h>

#include <new>

#include "model/batch/batch_run.h"
#include "model/beam_search.h"
#include "model/engine.h"
#include "tests/recorded_prompts.h"
#include "tests/scarce_memory.h"

namespace mono::model {
namespace {

class RecordedMemoryTest : public RecordedPromptsTest {
 protected:
  // `tokens_of` asks a model that has a record, and that some allocation fails once.
  static void expect_the_same_wherever_memory_fails(
      const std::function<std::vector<int64_t>(const Model&)>& tokens_of) {
    if (kDevice.is_cuda()) GTEST_SKIP() << "makes the host's memory scarce";
    constexpr int64_t kStride = 7;
    int num_failures = 0;
    for (int64_t i = 0;; i += kStride) {
      const auto model = model_with(512);
      const auto expected = tokens_of(model);
      EXPECT_EQ(tokens_of(model), expected);
      ASSERT_EQ(model.recorded()->num_records(), 1U);
      tests::ScarceMemory memory;
      memory.fail_once(i);
      EXPECT_EQ(tokens_of(model), expected) << "allocation " << i;
      if (!memory.has_failed()) break;
      ++num_failures;
    }
    EXPECT_GT(num_failures, 10);
  }
};

TEST_P(RecordedMemoryTest, NothingIsKeptWhereMemoryIsShort) {
  if (kDevice.is_cuda()) GTEST_SKIP() << "makes the host's memory scarce";
  RecordedPrefills recorded(model_.prefill_parts(), {.asks = 1});
  const auto prompt = prompt_of(2, 20);
  ASSERT_TRUE(read(recorded, prompt));
  tests::ScarceMemory memory;
  memory.leave(size_t{1} << 10);
  EXPECT_FALSE(read(recorded, prompt));
  EXPECT_EQ(recorded.num_records(), 0U);
  EXPECT_FALSE(recorded.make_room());
}

TEST_P(RecordedMemoryTest, RecordsGoWhereverAnAnswerHasNoRoom) {
  const auto prompt = prompt_of(2, 20);
  const std::vector<EngineRequest> requests{
      {.input_ids = prompt.ids, .pixel_values = prompt.pixels, .decoding = {.max_new_tokens = 3}}};
  expect_the_same_wherever_memory_fails([&](const Model& model) {
    EngineAnswer answer;
    BatchRun(model, requests, {0}, {}, [&](size_t, const EngineAnswer& given) { answer = given; },
             {})();
    EXPECT_EQ(answer.error, "");
    return answer.generation.token_ids;
  });
}

TEST_P(RecordedMemoryTest, RecordsGoWhereverASequenceHasNoRoom) {
  const auto prompt = prompt_of(2, 20);
  expect_the_same_wherever_memory_fails([&](const Model& model) {
    auto [sequence, logits] = model.see_and_read(prompt.ids, prompt.pixels, 3, {});
    return continue_sequence(std::move(sequence), std::move(logits), {.max_new_tokens = 3}, {}, 1)
        .token_ids;
  });
}

TEST_P(RecordedMemoryTest, RecordsGoWhereverBeamsHaveNoRoom) {
  const auto prompt = prompt_of(2, 20);
  expect_the_same_wherever_memory_fails([&](const Model& model) {
    auto [sequence, logits] = model.see_and_read(prompt.ids, prompt.pixels, 3, {});
    return search_beams(std::move(sequence), std::move(logits),
                        {.max_new_tokens = 3, .num_beams = 2}, {}, 1)
        .token_ids;
  });
}

TEST_P(RecordedMemoryTest, AskingTwiceForOneReadingIsNotAskingTwice) {
  const auto prompt = prompt_of(2, 20);
  const auto read = [&] { return model_.read_recorded(prompt.ids, prompt.pixels, 20).has_value(); };
  model_.batches()->take(1, 20);  // that can go
  int num_tries = 0;
  EXPECT_FALSE(model_.fits([&] {
    ++num_tries;
    EXPECT_FALSE(read());
    throw std::bad_alloc();
  }));
  EXPECT_EQ(num_tries, 2);
  EXPECT_FALSE(read()) << "no recording is begun where memory is short";
  EXPECT_TRUE(read());
}

TEST_P(RecordedMemoryTest, ShortageBeforeTheFirstRecordForbidsNone) {
  RecordedPrefills recorded(model_.prefill_parts(), {.asks = 1});
  EXPECT_FALSE(recorded.make_room());
  EXPECT_TRUE(read(recorded, prompt_of(2, 20)));
}

INSTANTIATE_TEST_SUITE_P(, RecordedMemoryTest, testing::Values(at::kFloat, at::kBFloat16),
                         [](const auto& of) { return std::string(c10::toString(of.param)); });

}  // namespace
}  // namespace mono::model
