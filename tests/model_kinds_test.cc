// What is new about each kind of model, on small checkpoints of our own.

#include <gtest/gtest.h>

#include <array>

#include "model/engine.h"
#include "tests/messages.h"
#include "tests/tensor_compare.h"
#include "tests/tiny_models.h"

namespace mono::model {
namespace {

using tests::expect_says;
using tests::message_of;
using tests::TinyCheckpoint;
using tests::TinyModel;

constexpr int64_t kImage = 30;
const EngineOptions kFp32{.dtype = at::kFloat};
const std::array<int64_t, 5> kPrompt = {1, kImage, kImage, 6, 7};  // two tiles of one token

std::string refusal(const TinyModel& model, const tests::NamedTensors& weights) {
  const TinyCheckpoint checkpoint(weights, model.config);
  return message_of<SetupError>([&] { const Engine engine(checkpoint.path(), kImage, kFp32); });
}

TEST(InternVitTest, SeesEachTileAlike) {
  const auto model = tests::tiny_internvl15();
  const TinyCheckpoint checkpoint(tests::tiny_weights(model), model.config);
  const auto tiles = at::randn({3, 3, 4, 4});
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const Engine engine(checkpoint.path(), kImage, {.dtype = dtype});
    at::Tensor visual;
    const TraceSink sink = [&](std::string_view stage, const at::Tensor& value) {
      if (stage == "visual_embeds") visual = value.clone();
    };
    engine.forced_logits(std::array<int64_t, 4>{1, kImage, kImage, kImage}, tiles, {}, sink);
    const auto together = visual;  // [3, 1, 32]
    engine.forced_logits(std::array<int64_t, 2>{1, kImage}, tiles.slice(0, 2), {}, sink);
    EXPECT_TRUE(at::equal(visual[0], together[2]));
  }
}

TEST(InternVitTest, SaysTheSameWithAndWithoutATrace) {
  auto model = tests::tiny_internvl15();
  model.config["select_layer"] = -2;
  const TinyCheckpoint checkpoint(tests::tiny_weights(model), model.config);
  const Engine engine(checkpoint.path(), kImage, kFp32);
  const auto tiles = at::randn({2, 3, 4, 4});
  int num_layers = 0;
  const auto traced =
      engine.forced_logits(kPrompt, tiles, {}, [&](std::string_view stage, const at::Tensor&) {
        if (stage.starts_with("vit.layer.")) ++num_layers;
      });
  EXPECT_TRUE(at::equal(engine.forced_logits(kPrompt, tiles, {}), traced));
  EXPECT_EQ(num_layers, 2);
}

TEST(InternVitTest, NamesTheTensorsOfALayerThatDoNotFit) {
  const auto model = tests::tiny_internvl15();
  auto weights = tests::tiny_weights(model);
  weights.erase("vision_model.encoder.layers.1.ls2");
  weights["vision_model.encoder.layers.0.attn.qkv.weight"] = at::ones({6, 18}, at::kBFloat16);
  const auto message = refusal(model, weights);
  expect_says(message, "missing: vision_model.encoder.layers.1.ls2 [6]");
  expect_says(message, "layers.0.attn.qkv.weight must be [18, 6], got [6, 18]");
}

}  // namespace
}  // namespace mono::model
