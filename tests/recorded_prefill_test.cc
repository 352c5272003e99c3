#include <gtest/gtest.h>

#include <thread>

#include "model/batch/batch_run.h"
#include "model/engine.h"
#include "tests/recorded_prompts.h"

// Prompts read through recorded work, beside the same ones read by a pass of their own.
namespace mono::model {
namespace {

using RecordedPrefillTest = RecordedPromptsTest;

TEST_P(RecordedPrefillTest, HasTheBitsOfAPassFromTheSecondPromptOfItsShapeOn) {
  RecordedPrefills recorded(model_.prefill_parts());
  const std::vector<std::pair<int64_t, int64_t>> shapes{{0, 3},  {2, 70}, {3, 64},   // new ones
                                                        {0, 64}, {2, 65}, {3, 30}};  // and again
  for (int round = 0; round < 3; ++round) {
    for (size_t i = 0; i < shapes.size(); ++i) {
      const auto prompt = prompt_of(shapes[i].first, shapes[i].second, round);
      const auto actual = read(recorded, prompt);
      ASSERT_EQ(actual.has_value(), round > 0 || i >= shapes.size() / 2) << i;
      if (actual) expect_as_passed(model_, prompt, *actual);
    }
  }
  EXPECT_EQ(recorded.num_records(), 3U);
}

TEST_P(RecordedPrefillTest, LeavesAPromptThatIsTooLongToOthers) {
  const auto model = model_with(100);
  RecordedPrefills recorded(model.prefill_parts(), {.asks = 1});
  EXPECT_FALSE(read(recorded, prompt_of(0, 65))) << "with its padding it would be 128 tokens";
  EXPECT_TRUE(read(recorded, prompt_of(0, 64)));
  RecordedPrefills of_any_length(model_.prefill_parts(), {.asks = 1});
  EXPECT_TRUE(read(of_any_length, prompt_of(0, 65)));
}

TEST_P(RecordedPrefillTest, WhatWasNotUsedForLongestGoesWhereThereIsNoRoom) {
  RecordedPrefills recorded(model_.prefill_parts(),
                            {.asks = 1, .asks_when_full = 2, .most_records = 2});
  for (const int64_t num_tiles : {1, 2, 1}) EXPECT_TRUE(read(recorded, prompt_of(num_tiles, 9)));
  EXPECT_FALSE(read(recorded, prompt_of(3, 9)));
  EXPECT_TRUE(read(recorded, prompt_of(3, 9))) << "in place of two tiles";
  EXPECT_EQ(recorded.num_records(), 2U);
  EXPECT_TRUE(read(recorded, prompt_of(1, 9)));
  EXPECT_FALSE(read(recorded, prompt_of(2, 9)));
  const auto longer = prompt_of(2, 300);  // another cache
  read(recorded, longer);
  expect_as_passed(model_, longer, *read(recorded, longer));
  const auto shorter = prompt_of(1, 9);
  expect_as_passed(model_, shorter, *read(recorded, shorter));
}

TEST_P(RecordedPrefillTest, SeveralThreadsTakeTurns) {
  RecordedPrefills recorded(model_.prefill_parts(), {.asks = 1});
  const auto read_some = [&](int64_t seed) {
    for (int64_t i = 0; i < 6; ++i) {
      const auto prompt = prompt_of(i % 2, 9 + 5 * seed + i, seed);
      const auto actual = read(recorded, prompt);
      ASSERT_TRUE(actual.has_value());
      expect_as_passed(model_, prompt, *actual);
    }
  };
  std::thread other([&] { read_some(1); });
  read_some(0);
  other.join();
  EXPECT_EQ(recorded.num_records(), 2U);
}

TEST_P(RecordedPrefillTest, AnswersAreThoseWithoutRecords) {
  const tests::TinyCheckpoint checkpoint(tests::tiny_weights(), tests::tiny_config_for(512));
  const auto engine_with = [&](bool records_prompts) {
    return Engine(checkpoint.path(), kImage,
                  {.device = kDevice,
                   .dtype = GetParam(),
                   .passes = PassKind::kFused,
                   .records_prompts = records_prompts});
  };
  const auto recording = engine_with(true);
  const auto passing = engine_with(false);
  const std::vector<int64_t> more{4, kImage, 9};
  for (int round = 0; round < 3; ++round) {
    for (const int64_t num_tiles : {0, 2}) {
      const auto prompt = prompt_of(num_tiles, 40, round);
      EXPECT_EQ(recording.generate(prompt.ids, prompt.pixels, {.max_new_tokens = 7}, {}).token_ids,
                passing.generate(prompt.ids, prompt.pixels, {.max_new_tokens = 7}, {}).token_ids);
      EXPECT_TRUE(at::equal(recording.forced_logits(prompt.ids, prompt.pixels, more),
                            passing.forced_logits(prompt.ids, prompt.pixels, more)));
    }
  }
}

TEST_P(RecordedPrefillTest, ABatchRecordsWhatStandsAloneInAPassAndIsNoPrefix) {
  auto prompt = prompt_of(1, 20);
  std::vector<EngineRequest> requests;
  for (int64_t last = 3; last < 6; ++last) {
    prompt.ids.back() = last;
    requests.push_back({.input_ids = prompt.ids,
                        .pixel_values = prompt.pixels,
                        .image_key = "picture",
                        .decoding = {.max_new_tokens = 2}});
  }
  const auto answer = [&](const BatchOptions& options) {
    std::map<size_t, std::vector<float>> first;
    BatchRun(
        model_, requests, {0, 1, 2}, options,
        [](size_t, const EngineAnswer& given) { EXPECT_EQ(given.error, ""); },
        [&](size_t i, std::span<const float> logits) {
          first.try_emplace(i, logits.begin(), logits.end());
        })();
    return first;
  };
  const BatchOptions one_at_a_time{.schedule = {.max_sequences = 1}, .reuses_prefixes = false};
  const auto expected = answer({.schedule = {.max_sequences = 1}});
  EXPECT_EQ(answer({}), expected);
  EXPECT_EQ(model_.recorded()->num_records(), 0U) << "all of them follow a prefix";
  for (int i = 0; i < 2; ++i) EXPECT_EQ(answer(one_at_a_time), expected);
  EXPECT_EQ(model_.recorded()->num_records(), 1U);
}

INSTANTIATE_TEST_SUITE_P(, RecordedPrefillTest, testing::Values(at::kFloat, at::kBFloat16),
                         [](const auto& of) { return std::string(c10::toString(of.param)); });

}  // namespace
}  // namespace mono::model
