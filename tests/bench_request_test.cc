#include "evaluator/bench/request.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/adapter.h"
#include "tests/messages.h"

namespace mono::bench {
namespace {

model::ModelConfig config_of(int64_t vocab_size) {
  model::ModelConfig config;
  config.language.vocab_size = vocab_size;
  config.language.bos_id = 1;
  config.language.eos_id = 2;
  config.tokens_per_tile = 4;
  return config;
}

TEST(BenchRequestTest, DrawsTextFromAVocabularyOfAnySize) {
  for (const int64_t vocab_size : {5, 40, 203, 92553}) {
    const auto config = config_of(vocab_size);
    for (int64_t i = 0; i < 300; ++i) {
      const auto id = text_id(config, /*image_context_id=*/3, i);
      EXPECT_GE(id, 4) << vocab_size;
      EXPECT_LT(id, vocab_size);
    }
  }
}

TEST(BenchRequestTest, AsksWhatThePeersAsk) {
  const auto config = config_of(92553);
  for (int64_t i = 0; i < 300; ++i) EXPECT_EQ(text_id(config, 92546, i), 3 + i * 7 % 200);
}

TEST(BenchRequestTest, HoldsNoMoreImageContextIdsThanThePictureNeeds) {
  constexpr int64_t kImage = 150;
  const Shape shape{.num_tiles = 2, .num_text_tokens = 250};
  const auto ids = prompt_of(config_of(203), shape, kImage);
  EXPECT_EQ(static_cast<int64_t>(ids.size()), 2 * 4 + 250);
  EXPECT_EQ(std::count(ids.begin(), ids.end(), kImage), 2 * 4);
}

TEST(BenchRequestTest, RefusesAVocabularyWithoutText) {
  tests::expect_says(tests::message_of<model::SetupError>(
                         [] { text_id(config_of(4), /*image_context_id=*/3, 0); }),
                     "a vocabulary of 4 has no id of text");
}

}  // namespace
}  // namespace mono::bench
