#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "model/model.h"
#include "tests/golden_files.h"
#include "tests/tiny_checkpoint.h"
#include "tests/tiny_length.h"

namespace mono::model {

inline constexpr int64_t kImage = 30;
inline constexpr int64_t kNumMore = 8;  // positions behind a prompt
inline const at::Device kDevice(tests::golden_device_name());

struct Prompt {
  std::vector<int64_t> ids{};
  at::Tensor pixels{};
};

// Text, pictures, text; other pixels for each seed.
inline Prompt prompt_of(int64_t num_tiles, int64_t num_tokens, int64_t seed = 0) {
  Prompt prompt;
  for (int64_t i = 0; i < num_tokens - num_tiles; ++i) prompt.ids.push_back(3 + (i + seed) % 20);
  prompt.ids.insert(prompt.ids.begin() + 1, static_cast<size_t>(num_tiles), kImage);
  at::manual_seed(static_cast<uint64_t>(seed));
  if (num_tiles > 0) prompt.pixels = at::randn({num_tiles, 3, 4, 4});
  return prompt;
}

class RecordedPromptsTest : public testing::TestWithParam<at::ScalarType> {
 protected:
  static Model model_with(int64_t max_length) {
    const tests::TinyCheckpoint checkpoint(tests::tiny_weights(),
                                           tests::tiny_config_for(max_length));
    return {checkpoint.path(),
            kImage,
            {.device = kDevice, .dtype = GetParam(), .passes = PassKind::kFused}};
  }

  static auto read(RecordedPrefills& recorded, const Prompt& prompt) {
    return recorded.read(prompt.ids, prompt.pixels,
                         static_cast<int64_t>(prompt.ids.size()) + kNumMore);
  }

  // By a pass of its own.
  static std::pair<DecoderState, at::Tensor> passed(const Model& model, const Prompt& prompt) {
    const auto length = static_cast<int64_t>(prompt.ids.size());
    auto state = model.decoder().start(length, length + kNumMore);
    const Stretch stretch{.state = &state, .num_tokens = length};
    const auto rows =
        model.pass(prompt.ids, model.see(prompt.pixels, nullptr), {&stretch, 1}, nullptr);
    return {std::move(state), model.logits(rows.slice(0, length - 1)).to(at::kCPU)};
  }

  static void expect_as_passed(const Model& model, const Prompt& prompt,
                               const RecordedPrefills::Prompt& actual) {
    const auto [state, logits] = passed(model, prompt);
    EXPECT_TRUE(at::equal(actual.logits, logits)) << prompt.ids.size() << " tokens";
    EXPECT_TRUE(at::equal(actual.state.cache.filled(), state.cache.filled()))
        << prompt.ids.size() << " tokens";
  }

  const Model model_ = model_with(512);
};

}  // namespace mono::model
