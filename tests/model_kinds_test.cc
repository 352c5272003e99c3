// What is new about each kind of model, on small checkpoints of our own.

#include <gtest/gtest.h>

#include <array>

#include "model/engine.h"
#include "tests/messages.h"
#include "tests/tensor_compare.h"
#include "tests/tiny_hugging_face.h"
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

at::Tensor logits_of(const TinyCheckpoint& checkpoint, const EngineOptions& options = kFp32) {
  at::manual_seed(7);
  const auto tiles = at::randn({2, 3, 4, 4});
  return Engine(checkpoint.path(), kImage, options).forced_logits(kPrompt, tiles, {});
}

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

TEST(Qwen2Test, IsInternLm2WithItsRowsInAnotherOrder) {
  auto qwen2 = tests::tiny_qwen2();
  auto internlm2 = tests::tiny_internvl15();
  internlm2.config["llm_config"]["bias"] = true;
  const auto weights = tests::tiny_weights(qwen2);
  auto same = weights;
  for (const std::string i : {"0", "1"}) {
    const auto from = "language_model.model.layers." + i + ".";
    const auto take = [&](const std::string& name) {
      auto tensor = same.at(from + name);
      same.erase(from + name);
      return tensor;
    };
    const auto wqkv = from + "attention.wqkv.";
    for (const std::string kind : {"weight", "bias"}) {
      const auto q = take("self_attn.q_proj." + kind).view({2, 2, 8, -1});
      const auto k = take("self_attn.k_proj." + kind).view({2, 1, 8, -1});
      const auto v = take("self_attn.v_proj." + kind).view({2, 1, 8, -1});
      const auto rows = at::cat({q, k, v}, 1);  // for each kv head: its two query heads, k, v
      same[wqkv + kind] =
          kind == "bias" ? rows.flatten().contiguous() : rows.view({64, 32}).contiguous();
    }
    same[from + "attention.wo.weight"] = take("self_attn.o_proj.weight");
    same[from + "attention.wo.bias"] = at::zeros({32}, at::kBFloat16);
    same[from + "attention_norm.weight"] = take("input_layernorm.weight");
    same[from + "ffn_norm.weight"] = take("post_attention_layernorm.weight");
    same[from + "feed_forward.w1.weight"] = take("mlp.gate_proj.weight");
    same[from + "feed_forward.w3.weight"] = take("mlp.up_proj.weight");
    same[from + "feed_forward.w2.weight"] = take("mlp.down_proj.weight");
  }
  const std::string root = "language_model.";
  same[root + "model.tok_embeddings.weight"] = weights.at(root + "model.embed_tokens.weight");
  same[root + "output.weight"] = weights.at(root + "lm_head.weight");
  same.erase(root + "model.embed_tokens.weight");
  same.erase(root + "lm_head.weight");
  tests::expect_close("logits", logits_of(TinyCheckpoint(weights, qwen2.config)),
                      logits_of(TinyCheckpoint(same, internlm2.config)), {.relative = 1e-6});
}

TEST(Qwen2Test, NamesEachMissingPartOfAPackedProjection) {
  const auto model = tests::tiny_qwen2();
  auto weights = tests::tiny_weights(model);
  weights.erase("language_model.model.layers.1.self_attn.k_proj.bias");
  weights.erase("language_model.model.layers.0.self_attn.v_proj.weight");
  const auto message = refusal(model, weights);
  expect_says(message, "missing: language_model.model.layers.1.self_attn.k_proj.bias [16]");
  expect_says(message, "missing: language_model.model.layers.0.self_attn.v_proj.weight [16, 32]");
}

TEST(LlamaTest, IsQwen2WithoutABias) {
  const auto llama = tests::tiny_llama();
  const auto weights = tests::tiny_weights(llama);
  auto qwen2 = llama;
  qwen2.config["llm_config"]["architectures"] = {"Qwen2ForCausalLM"};
  auto same = weights;
  for (const std::string layer : {"0", "1"}) {
    const auto prefix = "language_model.model.layers." + layer + ".self_attn.";
    same[prefix + "q_proj.bias"] = at::zeros({32}, at::kBFloat16);
    same[prefix + "k_proj.bias"] = at::zeros({16}, at::kBFloat16);
    same[prefix + "v_proj.bias"] = at::zeros({16}, at::kBFloat16);
  }
  tests::expect_close("logits", logits_of(TinyCheckpoint(weights, llama.config)),
                      logits_of(TinyCheckpoint(same, qwen2.config)), {.relative = 1e-6});
}

TEST(Phi3Test, IsLlamaWithFusedTensors) {
  const auto phi3 = tests::tiny_phi3();
  auto llama = tests::tiny_llama();
  llama.config["vision_config"] = phi3.config["vision_config"];
  llama.config["llm_config"]["rope_scaling"] = nullptr;
  for (const auto* const field : {"select_layer", "ps_version"}) {
    llama.config[field] = phi3.config[field];
  }
  const auto weights = tests::tiny_weights(phi3);
  auto same = weights;
  for (const std::string layer : {"0", "1"}) {
    const auto prefix = "language_model.model.layers." + layer + ".";
    const auto qkv = weights.at(prefix + "self_attn.qkv_proj.weight");
    same[prefix + "self_attn.q_proj.weight"] = qkv.slice(0, 0, 32);
    same[prefix + "self_attn.k_proj.weight"] = qkv.slice(0, 32, 48);
    same[prefix + "self_attn.v_proj.weight"] = qkv.slice(0, 48);
    same.erase(prefix + "self_attn.qkv_proj.weight");
    const auto gate_up = weights.at(prefix + "mlp.gate_up_proj.weight");
    same[prefix + "mlp.gate_proj.weight"] = gate_up.slice(0, 0, 48);
    same[prefix + "mlp.up_proj.weight"] = gate_up.slice(0, 48);
    same.erase(prefix + "mlp.gate_up_proj.weight");
  }
  EXPECT_TRUE(at::equal(logits_of(TinyCheckpoint(weights, phi3.config)),
                        logits_of(TinyCheckpoint(same, llama.config))));
}

TEST(HuggingFaceLayoutTest, SaysTheSameBitForBit) {
  const auto model = tests::tiny_qwen2();
  const auto weights = tests::tiny_weights(model);
  const auto renamed = tests::in_hugging_face_layout(weights);
  const auto expected = logits_of(TinyCheckpoint(weights, model.config));
  const auto config = tests::tiny_hugging_face_config();
  EXPECT_TRUE(at::equal(logits_of(TinyCheckpoint(renamed, config)), expected));

  tests::NamedTensors in_memory;  // the names the class has in memory
  for (const auto& [name, tensor] : renamed) {
    auto other = "model." + name;
    if (name.starts_with("language_model.model."))
      other = "model.language_model." + name.substr(21);
    if (name == "language_model.lm_head.weight") other = "lm_head.weight";
    in_memory[other] = tensor;
  }
  EXPECT_TRUE(at::equal(logits_of(TinyCheckpoint(in_memory, config)), expected));
}

TEST(HuggingFaceLayoutTest, MayLackAHeadOnlyWhereEmbeddingsAreTied) {
  auto model = tests::tiny_qwen2();
  auto weights = tests::in_hugging_face_layout(tests::tiny_weights(model));
  const auto embeddings = weights.at("language_model.model.embed_tokens.weight");
  weights["language_model.lm_head.weight"] = embeddings;
  auto config = tests::tiny_hugging_face_config();
  const auto expected = logits_of(TinyCheckpoint(weights, config));

  weights.erase("language_model.lm_head.weight");
  model.config = config;
  expect_says(refusal(model, weights), "missing: language_model.lm_head.weight [40, 32]");
  config["tie_word_embeddings"] = true;
  EXPECT_TRUE(at::equal(logits_of(TinyCheckpoint(weights, config)), expected));
}

TEST(HuggingFaceLayoutTest, RefusesAnotherImageContextId) {
  auto model = tests::tiny_qwen2();
  const auto weights = tests::in_hugging_face_layout(tests::tiny_weights(model));
  model.config = tests::tiny_hugging_face_config(40, 31);
  expect_says(refusal(model, weights),
              "config.json: image_token_id is 31, the tokenizer's image-context id 30");
}

TEST(HuggingFaceLayoutTest, IsNotMixedWithTheOther) {
  auto model = tests::tiny_qwen2();
  const auto weights = tests::tiny_weights(model);
  model.config = tests::tiny_hugging_face_config();
  const auto message = refusal(model, weights);
  expect_says(message, "missing: vision_tower.embeddings.cls_token [1, 1, 6]");
  expect_says(message, "unused: vision_model.embeddings.class_embedding [1, 1, 6]");
}

}  // namespace
}  // namespace mono::model
