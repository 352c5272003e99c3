#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>
#include <vector>

#include "tests/tiny_checkpoint.h"

/// A small checkpoint of each kind: the fields of its config.json and the names and shapes of its
/// tensors, written out here a second time and not taken from the code under test. Sizes are those
/// of `tiny_config`; the layers of InternViT have 3 heads of 2 dimensions.
namespace mono::tests {

using Shapes = std::map<std::string, std::vector<int64_t>>;

struct TinyModel {
  std::string kind{};  // the model it stands for
  nlohmann::json config = nlohmann::json::object();
  Shapes shapes{};

  int64_t vocab_size() const { return config.at("llm_config").at("vocab_size").get<int64_t>(); }
};

inline void add(Shapes& shapes, const std::string& prefix, const Shapes& more) {
  for (const auto& [name, shape] : more) shapes[prefix + name] = shape;
}

inline Shapes tiny_embedding_shapes() {
  return {{"vision_model.embeddings.class_embedding", {1, 1, 6}},
          {"vision_model.embeddings.position_embedding", {1, 5, 6}},
          {"vision_model.embeddings.patch_embedding.weight", {6, 3, 2, 2}},
          {"vision_model.embeddings.patch_embedding.bias", {6}},
          {"mlp1.0.weight", {24}},
          {"mlp1.0.bias", {24}},
          {"mlp1.1.weight", {32, 24}},
          {"mlp1.1.bias", {32}},
          {"mlp1.3.weight", {32, 32}},
          {"mlp1.3.bias", {32}}};
}

/// Two layers of InternViT: the 300M kind, or the 6B kind.
inline void add_intern_vit(TinyModel& model, bool is_6b) {
  auto& vision = model.config["vision_config"];
  vision["model_type"] = "intern_vit_6b";
  vision.update({{"num_hidden_layers", 2},
                 {"num_attention_heads", 3},
                 {"intermediate_size", 10},
                 {"norm_type", is_6b ? "rms_norm" : "layer_norm"},
                 {"layer_norm_eps", 1e-6},
                 {"qkv_bias", !is_6b},
                 {"qk_normalization", is_6b},
                 {"hidden_act", "gelu"}});
  Shapes layer = {{"ls1", {6}},
                  {"ls2", {6}},
                  {"attn.qkv.weight", {18, 6}},
                  {"attn.proj.weight", {6, 6}},
                  {"attn.proj.bias", {6}},
                  {"mlp.fc1.weight", {10, 6}},
                  {"mlp.fc1.bias", {10}},
                  {"mlp.fc2.weight", {6, 10}},
                  {"mlp.fc2.bias", {6}},
                  {"norm1.weight", {6}},
                  {"norm2.weight", {6}}};
  if (is_6b) {
    layer.insert({{"attn.q_norm.weight", {6}}, {"attn.k_norm.weight", {6}}});
  } else {
    layer.insert({{"attn.qkv.bias", {18}}, {"norm1.bias", {6}}, {"norm2.bias", {6}}});
  }
  for (const std::string i : {"0", "1"}) {
    add(model.shapes, "vision_model.encoder.layers." + i + ".", layer);
  }
}

/// The tensors of InternLM2; with the visual experts' feed-forward, and their attention, if asked.
inline void add_internlm2(TinyModel& model, bool has_experts, bool has_attention_experts = false) {
  const auto vocab = model.vocab_size();
  model.config["llm_config"]["architectures"] = {has_experts ? "InternLM2VEForCausalLM"
                                                             : "InternLM2ForCausalLM"};
  add(model.shapes, "language_model.",
      {{"model.tok_embeddings.weight", {vocab, 32}},
       {"model.norm.weight", {32}},
       {"output.weight", {vocab, 32}}});
  Shapes layer = {{"attention_norm.weight", {32}},
                  {"ffn_norm.weight", {32}},
                  {"attention.wqkv.weight", {64, 32}},
                  {"attention.wo.weight", {32, 32}}};
  const Shapes feed_forward = {
      {"w1.weight", {48, 32}}, {"w3.weight", {48, 32}}, {"w2.weight", {32, 48}}};
  add(layer, "feed_forward.", feed_forward);
  if (has_experts) add(layer, "feed_forward_ve.", feed_forward);
  if (has_attention_experts) {
    add(layer, "attention.", {{"wqkv_ve.weight", {64, 32}}, {"wo_ve.weight", {32, 32}}});
  }
  for (const std::string i : {"0", "1"}) {
    add(model.shapes, "language_model.model.layers." + i + ".", layer);
  }
}

/// A model without layers and language model yet.
inline TinyModel tiny_base(const std::string& kind, int64_t vocab_size) {
  TinyModel model{.kind = kind, .config = tiny_config(), .shapes = tiny_embedding_shapes()};
  model.config["llm_config"]["vocab_size"] = vocab_size;
  return model;
}

inline TinyModel tiny_mono(int64_t vocab_size = 40) {
  auto model = tiny_base("Mono-InternVL", vocab_size);
  add_internlm2(model, /*has_experts=*/true);
  return model;
}

inline TinyModel tiny_mono15(int64_t vocab_size = 40) {
  auto model = tiny_base("Mono-InternVL-1.5", vocab_size);
  add_internlm2(model, /*has_experts=*/true, /*has_attention_experts=*/true);
  return model;
}

/// InternVL-1.5 and InternVL2 with InternLM2.
inline TinyModel tiny_internvl15(int64_t vocab_size = 40) {
  auto model = tiny_base("InternVL-1.5", vocab_size);
  add_intern_vit(model, /*is_6b=*/false);
  add_internlm2(model, /*has_experts=*/false);
  return model;
}

/// The tensors of Qwen2: names of Transformers, a bias on q, k and v.
inline void add_qwen2(TinyModel& model) {
  const auto vocab = model.vocab_size();
  model.config["llm_config"]["architectures"] = {"Qwen2ForCausalLM"};
  add(model.shapes, "language_model.",
      {{"model.embed_tokens.weight", {vocab, 32}},
       {"model.norm.weight", {32}},
       {"lm_head.weight", {vocab, 32}}});
  const Shapes layer = {
      {"input_layernorm.weight", {32}},      {"post_attention_layernorm.weight", {32}},
      {"self_attn.q_proj.weight", {32, 32}}, {"self_attn.q_proj.bias", {32}},
      {"self_attn.k_proj.weight", {16, 32}}, {"self_attn.k_proj.bias", {16}},
      {"self_attn.v_proj.weight", {16, 32}}, {"self_attn.v_proj.bias", {16}},
      {"self_attn.o_proj.weight", {32, 32}}, {"mlp.gate_proj.weight", {48, 32}},
      {"mlp.up_proj.weight", {48, 32}},      {"mlp.down_proj.weight", {32, 48}}};
  for (const std::string i : {"0", "1"}) {
    add(model.shapes, "language_model.model.layers." + i + ".", layer);
  }
}

/// The tensors of Llama: those of Qwen2 without a bias.
inline void add_llama(TinyModel& model) {
  add_qwen2(model);
  model.config["llm_config"]["architectures"] = {"LlamaForCausalLM"};
  model.config["llm_config"]["attention_bias"] = false;
  std::erase_if(model.shapes, [](const auto& tensor) {
    return tensor.first.find("self_attn") != std::string::npos && tensor.first.ends_with(".bias");
  });
}

/// InternVL-1.2: the layers of the 6B kind, an earlier one selected.
inline TinyModel tiny_llama(int64_t vocab_size = 40) {
  auto model = tiny_base("InternVL-1.2", vocab_size);
  add_intern_vit(model, /*is_6b=*/true);
  add_llama(model);
  model.config["select_layer"] = -2;
  model.config["ps_version"] = "v1";
  return model;
}

/// The tensors of Phi-3: q, k, v in one tensor, gate and up in another.
inline void add_phi3(TinyModel& model) {
  const auto vocab = model.vocab_size();
  model.config["llm_config"]["architectures"] = {"Phi3ForCausalLM"};
  model.config["llm_config"]["rope_scaling"] = nullptr;
  add(model.shapes, "language_model.",
      {{"model.embed_tokens.weight", {vocab, 32}},
       {"model.norm.weight", {32}},
       {"lm_head.weight", {vocab, 32}}});
  const Shapes layer = {
      {"input_layernorm.weight", {32}},        {"post_attention_layernorm.weight", {32}},
      {"self_attn.qkv_proj.weight", {64, 32}}, {"self_attn.o_proj.weight", {32, 32}},
      {"mlp.gate_up_proj.weight", {96, 32}},   {"mlp.down_proj.weight", {32, 48}}};
  for (const std::string i : {"0", "1"}) {
    add(model.shapes, "language_model.model.layers." + i + ".", layer);
  }
}

/// InternVL2-4B.
inline TinyModel tiny_phi3(int64_t vocab_size = 40) {
  auto model = tiny_base("InternVL2-4B", vocab_size);
  add_intern_vit(model, /*is_6b=*/false);
  add_phi3(model);
  return model;
}

/// InternVL2-1B and InternVL3.
inline TinyModel tiny_qwen2(int64_t vocab_size = 40) {
  auto model = tiny_base("InternVL3", vocab_size);
  add_intern_vit(model, /*is_6b=*/false);
  add_qwen2(model);
  return model;
}

/// Random bf16 weights of a model.
inline NamedTensors tiny_weights(const TinyModel& model, uint64_t seed = 0) {
  at::manual_seed(seed);
  NamedTensors weights;
  for (const auto& [name, shape] : model.shapes) {
    weights[name] = at::randn(shape).mul(0.2).to(at::kBFloat16);
  }
  return weights;
}

}  // namespace mono::tests
