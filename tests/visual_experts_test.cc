// Mono-InternVL-1.5: attention experts of the image-context tokens, and the names they may have.

#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "model/engine.h"
#include "tests/messages.h"
#include "tests/tensor_compare.h"
#include "tests/tiny_models.h"

namespace mono::model {
namespace {

using tests::expect_says;
using tests::message_of;
using tests::NamedTensors;
using tests::TinyCheckpoint;

constexpr int64_t kImage = 30;
const std::array<int64_t, 6> kPrompt = {1, kImage, 5, kImage, 6, 7};  // scattered on purpose
const std::string kLayers = "language_model.model.layers.";

class VisualExpertsTest : public testing::Test {
 protected:
  static at::Tensor logits_of(const TinyCheckpoint& checkpoint, at::ScalarType dtype) {
    at::manual_seed(7);
    const auto tiles = at::randn({2, 3, 4, 4});
    return Engine(checkpoint.path(), kImage, {.dtype = dtype})
        .forced_logits(kPrompt, tiles, std::array<int64_t, 2>{kImage, 9});
  }

  TinyCheckpoint checkpoint(const NamedTensors& weights) const {
    return TinyCheckpoint(weights, v15_.config);
  }

  static void name_experts(const TinyCheckpoint& checkpoint, const std::string& json) {
    std::ofstream(checkpoint.path() / "visual_experts.json") << json;
  }

  static std::string refusal(const TinyCheckpoint& checkpoint) {
    return message_of<SetupError>(
        [&] { const Engine engine(checkpoint.path(), kImage, {.dtype = at::kFloat}); });
  }

  /// `weights_` with tensors under other names.
  NamedTensors renamed(const std::map<std::string, std::string>& names) const {
    NamedTensors weights;
    for (const auto& [name, tensor] : weights_) {
      auto other = name;
      for (const auto& [from, to] : names) {
        if (const auto at = other.find(from); at != std::string::npos) {
          other.replace(at, from.size(), to);
        }
      }
      weights[other] = tensor;
    }
    return weights;
  }

  NamedTensors without(const std::string& part) const {
    auto weights = weights_;
    std::erase_if(weights,
                  [&](const auto& tensor) { return tensor.first.find(part) != std::string::npos; });
    return weights;
  }

  const tests::TinyModel v15_ = tests::tiny_mono15();
  const NamedTensors weights_ = tests::tiny_weights(v15_);
};

TEST_F(VisualExpertsTest, ReduceToTheFirstVersionWhereTheyEqualTheText) {
  auto equal = weights_;
  auto first_version = weights_;
  for (const std::string layer : {"0.", "1."}) {
    const auto in_layer = kLayers + layer;
    for (const std::string weight : {"attention.wqkv", "attention.wo"}) {
      const auto name = in_layer + weight;
      equal[name + "_ve.weight"] = weights_.at(name + ".weight");
      first_version.erase(name + "_ve.weight");
    }
  }
  for (const auto dtype : {at::kFloat, at::kBFloat16}) {
    const auto expected = logits_of(checkpoint(first_version), dtype);
    EXPECT_TRUE(at::equal(logits_of(checkpoint(equal), dtype), expected));
    EXPECT_FALSE(at::equal(logits_of(checkpoint(weights_), dtype), expected));
  }
}

TEST_F(VisualExpertsTest, DoNotTouchAPromptWithoutImages) {
  auto text_only = tests::tiny_internvl15();
  text_only.config["vision_config"] = v15_.config["vision_config"];
  const auto weights = without("_ve.");
  const std::array<int64_t, 4> prompt = {1, 5, 6, 7};
  const auto ask = [&](const TinyCheckpoint& asked) {
    return Engine(asked.path(), kImage, {.dtype = at::kFloat}).forced_logits(prompt, {}, {});
  };
  EXPECT_TRUE(at::equal(ask(checkpoint(weights_)), ask(TinyCheckpoint(weights, text_only.config))));
}

TEST_F(VisualExpertsTest, MayBeInSomeLayersOnly) {
  const auto upper_only = without("layers.0.attention.wqkv_ve");
  auto mixed = upper_only;
  mixed.erase(kLayers + "0.attention.wo_ve.weight");
  EXPECT_NO_THROW(logits_of(checkpoint(mixed), at::kFloat));
  expect_says(refusal(checkpoint(upper_only)),
              "missing: language_model.model.layers.0.attention.wqkv_ve.weight [64, 32]");
}

TEST_F(VisualExpertsTest, HaveTheNamesAFileGives) {
  const auto other = renamed({{"attention.wqkv_ve", "attention_ve.wqkv"},
                              {"attention.wo_ve", "attention_ve.wo"},
                              {"feed_forward_ve.w1", "vision_mlp.gate"}});
  const auto named = checkpoint(other);
  const auto unnamed = refusal(named);
  expect_says(unnamed, "missing: language_model.model.layers.0.feed_forward_ve.w1.weight [48, 32]");
  expect_says(unnamed, "unused: language_model.model.layers.1.attention_ve.wo.weight [32, 32]");
  expect_says(unnamed, "can be named in ");
  expect_says(unnamed, "visual_experts.json");

  name_experts(named, R"({"qkv": "attention_ve.wqkv", "out": "attention_ve.wo",
                          "gate": "vision_mlp.gate"})");
  EXPECT_TRUE(at::equal(logits_of(named, at::kFloat), logits_of(checkpoint(weights_), at::kFloat)));
}

TEST_F(VisualExpertsTest, AreRefusedUnderANameThatNoLayerHas) {
  const auto named = checkpoint(without("attention.wqkv_ve"));
  name_experts(named, R"({"qkv": "attention.vision_qkv", "out": null})");
  const auto message = refusal(named);
  expect_says(message, "missing: attention.vision_qkv in every layer");
  expect_says(message, "unused: language_model.model.layers.0.attention.wo_ve.weight");
}

TEST_F(VisualExpertsTest, ShareTheOutputProjectionIfAFileSaysSo) {
  const auto qkv_only = checkpoint(without("attention.wo_ve"));
  expect_says(refusal(qkv_only),
              "missing: language_model.model.layers.1.attention.wo_ve.weight [32, 32]");
  name_experts(qkv_only, R"({"out": null})");
  EXPECT_NO_THROW(logits_of(qkv_only, at::kFloat));
}

TEST_F(VisualExpertsTest, MayHaveNormsOfTheirOwn) {
  auto weights = weights_;
  for (const std::string layer : {"0.", "1."}) {
    const auto in_layer = kLayers + layer;
    for (const std::string norm : {"attention_norm", "ffn_norm"}) {
      const auto name = in_layer + norm;
      weights[name + "_ve.weight"] = weights_.at(name + ".weight");
    }
  }
  const std::string names =
      R"({"attention_norm": "attention_norm_ve", "feed_forward_norm": "ffn_norm_ve"})";
  const auto same = checkpoint(weights);
  name_experts(same, names);
  const auto shared = logits_of(checkpoint(weights_), at::kFloat);
  EXPECT_TRUE(at::equal(logits_of(same, at::kFloat), shared));

  auto& norm = weights[kLayers + "0.ffn_norm_ve.weight"];
  norm = norm * 2;
  const auto other = checkpoint(weights);
  name_experts(other, names);
  EXPECT_FALSE(at::equal(logits_of(other, at::kFloat), shared));
}

TEST_F(VisualExpertsTest, RefuseAFileThatIsMalformed) {
  const auto named = checkpoint(weights_);
  name_experts(named, R"({"qvk": "attention.wqkv_ve"})");
  expect_says(refusal(named), "visual_experts.json: qvk is no field of it; known: attention_norm");
  name_experts(named, R"({"gate": null})");
  expect_says(refusal(named), "visual_experts.json: gate must be a string, got null");
  name_experts(named, R"({"out": ""})");
  expect_says(refusal(named), "visual_experts.json: out must be a name, got \"\"");
}

}  // namespace
}  // namespace mono::model
