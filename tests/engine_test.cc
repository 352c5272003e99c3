#include "model/engine.h"

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include <array>

#include "model/decoder/rotary_table.h"
#include "model/model.h"
#include "tests/messages.h"
#include "tests/tensor_compare.h"
#include "tests/tiny_checkpoint.h"

namespace mono::model {
namespace {

using tests::expect_close;
using tests::expect_says;
using tests::message_of;
using tests::TinyCheckpoint;

constexpr int64_t kImage = 30;
const EngineOptions kFp32{.dtype = at::kFloat};
const std::array<int64_t, 4> kPrompt = {1, 5, 6, 7};

std::string refusal(const tests::NamedTensors& weights,
                    const nlohmann::json& config = tests::tiny_config(),
                    const EngineOptions& options = kFp32, int64_t image_context_id = kImage) {
  const TinyCheckpoint checkpoint(weights, config);
  return message_of<SetupError>(
      [&] { const Engine engine(checkpoint.path(), image_context_id, options); });
}

TEST(WeightsTest, NameEverythingThatDoesNotFitInOneMessage) {
  auto weights = tests::tiny_weights();
  weights.erase("mlp1.1.bias");
  weights.erase("language_model.output.weight");
  weights["mlp1.0.weight"] = at::ones({25}, at::kBFloat16);
  weights["mlp1.3.bias"] = at::ones({32}, at::kLong);
  weights["vision_model.head.weight"] = at::ones({2, 3}, at::kBFloat16);
  const auto message = refusal(weights);
  expect_says(message, "missing: mlp1.1.bias [32]");
  expect_says(message, "missing: language_model.output.weight [40, 32]");
  expect_says(message, "misshaped: mlp1.0.weight must be [24], got [25]");
  expect_says(message, "mistyped: mlp1.3.bias must be BF16, F16 or F32, got I64");
  expect_says(message, "unused: vision_model.head.weight [2, 3]");
}

TEST(WeightsTest, MayHoldRotaryTables) {
  auto weights = tests::tiny_weights();
  weights["language_model.model.layers.0.attention.rotary_emb.inv_freq"] = at::ones({4});
  const TinyCheckpoint checkpoint(weights);
  EXPECT_NO_THROW(Engine(checkpoint.path(), kImage, kFp32));
}

TEST(WeightsTest, GiveTheSameLogitsFromEveryStoredDtype) {
  auto weights = tests::tiny_weights();
  const TinyCheckpoint bf16(weights);
  for (auto& [name, weight] : weights) weight = weight.to(at::kFloat);
  const TinyCheckpoint fp32(weights);
  const auto of_bf16 = Engine(bf16.path(), kImage, kFp32).forced_logits(kPrompt, {}, {});
  EXPECT_TRUE(
      at::equal(Engine(fp32.path(), kImage, kFp32).forced_logits(kPrompt, {}, {}), of_bf16));

  for (auto& [name, weight] : weights) weight = weight.to(at::kHalf);  // rounds: 10 of 7 bits kept
  const TinyCheckpoint fp16(weights);
  expect_close("logits", Engine(fp16.path(), kImage, kFp32).forced_logits(kPrompt, {}, {}), of_bf16,
               {.relative = 1e-4});
}

TEST(EngineTest, RefusesFloat16AndSaysWhy) {
  expect_says(refusal(tests::tiny_weights(), tests::tiny_config(), {.dtype = at::kHalf}),
              "visual experts overflow");
  expect_says(refusal(tests::tiny_weights(), tests::tiny_config(), {.dtype = at::kDouble}),
              "dtype must be bfloat16 or float32, got Double");
}

TEST(EngineTest, RefusesAnAbsentDevice) {
  if (at::hasCUDA()) GTEST_SKIP() << "there is a CUDA device";
  expect_says(refusal(tests::tiny_weights(), tests::tiny_config(), {.device = at::kCUDA}),
              "device cuda: this machine has no usable CUDA device");
}

TEST(EngineTest, RefusesAnImageContextIdOutsideTheVocabulary) {
  expect_says(refusal({}, tests::tiny_config(), kFp32, 40),
              "from 0 to vocab_size - 1 = 39, got 40");
}

TEST(EngineTest, RefusesAPromptThatDoesNotFit) {
  const TinyCheckpoint checkpoint;
  const Engine engine(checkpoint.path(), kImage, kFp32);
  const auto ask = [&](const std::vector<int64_t>& ids, const at::Tensor& pixels) {
    return message_of<SetupError>([&] { engine.generate(ids, pixels, {}, {}); });
  };
  const auto tile = at::zeros({1, 3, 4, 4});
  expect_says(ask({}, {}), "the prompt is empty");
  expect_says(ask({1, 40}, {}), "input_ids[1] must be from 0 to vocab_size - 1 = 39, got 40");
  expect_says(ask({1, -1}, {}), "got -1");
  expect_says(ask({1, kImage}, {}), "1 image-context tokens, its images give 0");
  expect_says(ask({1, kImage, kImage}, tile), "2 image-context tokens, its images give 1");
  expect_says(ask({1}, tile), "0 image-context tokens, its images give 1");
  expect_says(ask({1, kImage}, at::zeros({1, 3, 4, 6})),
              "float [num_tiles, 3, 4, 4], got Float [1, 3, 4, 6]");
  expect_says(ask({1, kImage}, at::zeros({1, 3, 4, 4}, at::kLong)), "got Long [1, 3, 4, 4]");
  EXPECT_THROW(engine.generate(kPrompt, {}, {.max_new_tokens = 0}, {}), UsageError);
}

TEST(EngineTest, SaysTheSameWhetherAPromptIsReadAtOnceOrTokenByToken) {
  const TinyCheckpoint checkpoint;
  for (const auto kind : {kernels::AttentionKind::kFused, kernels::AttentionKind::kEager}) {
    const Engine engine(checkpoint.path(), kImage, {.dtype = at::kFloat, .attention = kind});
    const auto at_once = engine.forced_logits(kPrompt, {}, {});
    const auto fed =
        engine.forced_logits(std::span(kPrompt).first(1), {}, std::span(kPrompt).last(3));
    expect_close("logits", fed[3], at_once[0], {.relative = 1e-5});
  }
}

TEST(EngineTest, SeesEachTileAlike) {
  const TinyCheckpoint checkpoint;
  const Engine engine(checkpoint.path(), kImage, kFp32);
  const auto tiles = at::randn({3, 3, 4, 4});
  at::Tensor visual;
  const TraceSink sink = [&](std::string_view stage, const at::Tensor& value) {
    if (stage == "visual_embeds") visual = value.clone();
  };
  engine.forced_logits(std::array<int64_t, 4>{1, kImage, kImage, kImage}, tiles, {}, sink);
  const auto together = visual;  // [3, 1, 32]
  engine.forced_logits(std::array<int64_t, 2>{1, kImage}, tiles.slice(0, 2), {}, sink);
  EXPECT_TRUE(at::equal(visual[0], together[2]));
}

TEST(ModelTest, ASequenceTracesItsStepsAfterTheCallersSinkIsGone) {
  const TinyCheckpoint checkpoint;
  const Model model(checkpoint.path(), kImage, kFp32);
  int num_steps = 0;
  auto prefill = model.read(kPrompt, {}, 1, [&](std::string_view stage, const at::Tensor&) {
    if (stage == "logits_steps") ++num_steps;
  });
  prefill.sequence->feed(5);
  EXPECT_EQ(num_steps, 2);
}

TEST(EngineTest, TakesPixelsFromABuffer) {
  const std::vector<float> values(2 * 3 * 4 * 4, 0.5F);
  EXPECT_TRUE(at::equal(pixel_values_from(values, 2, 4), at::full({2, 3, 4, 4}, 0.5F)));
  expect_says(message_of<SetupError>([&] { pixel_values_from(values, 1, 4); }),
              "1 tiles of 4 pixels need 48 values, got 96");
}

// cos(position / base^(2 i / 8)), i < 4, in double.
double expected_cos(double position, double base, int i) {
  return std::cos(position / std::pow(base, 2.0 * i / 8));
}

LanguageConfig rotary_config(RopeScalingKind kind) {
  return {.head_dim = 8,
          .max_position_embeddings = 64,
          .rope_theta = 10000,
          .rope_scaling = {.kind = kind, .factor = 2}};
}

TEST(RotaryTableTest, KeepsThePlainBaseUpToTheStoredLength) {
  RotaryTable table(rotary_config(RopeScalingKind::kDynamic), 100, at::kFloat, at::kCPU);
  const auto [cos, sin] = table.rows(60, 4);
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(cos[3][i].item<double>(), expected_cos(63, 1e4, i), 1e-5);
}

TEST(RotaryTableTest, TakesANewBaseForEachLengthBeyondIt) {
  RotaryTable table(rotary_config(RopeScalingKind::kDynamic), 100, at::kFloat, at::kCPU);
  for (const int64_t length : {66, 80}) {
    const double base = 1e4 * std::pow(2.0 * static_cast<double>(length) / 64 - 1, 8.0 / 6);
    const auto cos = table.rows(length - 1, 1).first;
    for (int i = 0; i < 4; ++i) {
      EXPECT_NEAR(cos[0][i].item<double>(), expected_cos(static_cast<double>(length - 1), base, i),
                  1e-5);
    }
  }
}

TEST(RotaryTableTest, DividesPositionsUnderLinearScaling) {
  RotaryTable table(rotary_config(RopeScalingKind::kLinear), 100, at::kFloat, at::kCPU);
  const auto cos = table.rows(90, 1).first;
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(cos[0][i].item<double>(), expected_cos(45, 1e4, i), 1e-5);
}

TEST(RotaryTableTest, KeepsThePlainBaseAtAnyLengthWithoutScaling) {
  RotaryTable table(rotary_config(RopeScalingKind::kNone), 100, at::kFloat, at::kCPU);
  const auto cos = table.rows(90, 1).first;
  for (int i = 0; i < 4; ++i) EXPECT_NEAR(cos[0][i].item<double>(), expected_cos(90, 1e4, i), 1e-5);
}

TEST(RotaryTableTest, SaysBeforehandWhatLiesBeyondIt) {
  for (const auto kind : {RopeScalingKind::kNone, RopeScalingKind::kLinear,
                          RopeScalingKind::kDynamic, RopeScalingKind::kYarn}) {
    auto config = rotary_config(kind);
    config.rope_scaling.original_max_position_embeddings = 32;
    config.rope_scaling.short_factors = {1, 1.5, 2, 2.5};
    config.rope_scaling.long_factors = {2, 3, 5, 7};
    RotaryTable table(config, 100, at::kFloat, at::kCPU);
    for (const int64_t length : {1, 32, 33, 64, 65, 64, 100, 101, 32}) {
      const bool is_inside = table.is_in_first_table(length);
      EXPECT_EQ(is_inside, !table.rows_beyond(length - 1, 1)) << length;
    }
  }
}

// cos(position / (divisor * base^(2 i / 8))) times the magnitude, in double.
TEST(RotaryTableTest, DividesFrequenciesByTheFactorsOfTheLength) {
  for (const auto kind : {RopeScalingKind::kSu, RopeScalingKind::kYarn}) {
    auto config = rotary_config(kind);
    config.max_position_embeddings = 256;
    config.rope_scaling.original_max_position_embeddings = 64;
    config.rope_scaling.short_factors = {1, 1.5, 2, 2.5};
    config.rope_scaling.long_factors = {2, 3, 5, 7};
    const double magnitude = kind == RopeScalingKind::kSu
                                 ? std::sqrt(1 + std::log(4.0) / std::log(64.0))
                                 : 0.1 * std::log(4.0) + 1;
    RotaryTable table(config, 100, at::kFloat, at::kCPU);
    const auto expect_row = [&](int64_t position, const std::vector<double>& divisors) {
      const auto cos = table.rows(position, 1).first;
      for (int i = 0; i < 4; ++i) {
        const double angle = static_cast<double>(position) / divisors[static_cast<size_t>(i)];
        EXPECT_NEAR(cos[0][i].item<double>(), magnitude * expected_cos(angle, 1e4, i), 1e-5);
      }
    };
    expect_row(63, config.rope_scaling.short_factors);
    expect_row(64, config.rope_scaling.long_factors);
  }
}

}  // namespace
}  // namespace mono::model
