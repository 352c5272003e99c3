#pragma once

#include <string>

#include "tests/tiny_models.h"

namespace mono::tests {

/// The config.json of the Hugging Face layout with the sizes of `tiny_qwen2`.
inline nlohmann::json tiny_hugging_face_config(int64_t vocab_size = 40,
                                               int64_t image_token_id = 30) {
  return {{"architectures", {"InternVLForConditionalGeneration"}},
          {"text_config",
           {{"model_type", "qwen2"},
            {"vocab_size", vocab_size},
            {"hidden_size", 32},
            {"num_hidden_layers", 2},
            {"num_attention_heads", 4},
            {"num_key_value_heads", 2},
            {"intermediate_size", 48},
            {"max_position_embeddings", 64},
            {"rms_norm_eps", 1e-5},
            {"rope_parameters", {{"rope_type", "dynamic"}, {"rope_theta", 10000}, {"factor", 2.0}}},
            {"hidden_act", "silu"},
            {"bos_token_id", 1},
            {"eos_token_id", 2}}},
          {"vision_config",
           {{"hidden_size", 6},
            {"num_hidden_layers", 2},
            {"num_attention_heads", 3},
            {"intermediate_size", 10},
            {"num_channels", 3},
            {"patch_size", {2, 2}},
            {"image_size", {4, 4}},
            {"norm_type", "layer_norm"},
            {"layer_norm_eps", 1e-6},
            {"attention_bias", true},
            {"use_qk_norm", false},
            {"use_mean_pooling", true},
            {"use_absolute_position_embeddings", true},
            {"hidden_act", "gelu"}}},
          {"downsample_ratio", 0.5},
          {"image_token_id", image_token_id},
          {"vision_feature_layer", -1},
          {"vision_feature_select_strategy", "default"},
          {"projector_hidden_act", "gelu"}};
}

/// The name in the Hugging Face layout of a tensor of the published one; q, k and v of the vision
/// model lie apart there.
inline std::string hugging_face_name(std::string name) {
  static const std::vector<std::pair<std::string, std::string>> kParts = {
      {"vision_model.embeddings.class_embedding", "vision_tower.embeddings.cls_token"},
      {"vision_model.embeddings.position_embedding", "vision_tower.embeddings.position_embeddings"},
      {"vision_model.embeddings.patch_embedding",
       "vision_tower.embeddings.patch_embeddings.projection"},
      {"vision_model.encoder.layers.", "vision_tower.encoder.layer."},
      {".attn.proj.", ".attention.projection_layer."},
      {".norm1.", ".layernorm_before."},
      {".norm2.", ".layernorm_after."},
      {".ls1", ".lambda_1"},
      {".ls2", ".lambda_2"},
      {"mlp1.0.", "multi_modal_projector.layer_norm."},
      {"mlp1.1.", "multi_modal_projector.linear_1."},
      {"mlp1.3.", "multi_modal_projector.linear_2."}};
  for (const auto& [from, to] : kParts) {
    if (const auto at = name.find(from); at != std::string::npos) {
      name.replace(at, from.size(), to);
    }
  }
  return name;
}

/// The same weights under the other layout's names.
inline NamedTensors in_hugging_face_layout(const NamedTensors& weights) {
  NamedTensors renamed;
  for (const auto& [name, tensor] : weights) {
    const auto at = name.find("attn.qkv.");
    if (at == std::string::npos) {
      renamed[hugging_face_name(name)] = tensor;
      continue;
    }
    const auto parts = tensor.chunk(3);
    for (size_t i = 0; i < 3; ++i) {
      auto part = name;
      part.replace(at, 9, std::string("attention.").append(1, "qkv"[i]).append("_proj."));
      renamed[hugging_face_name(part)] = parts[i].contiguous();
    }
  }
  return renamed;
}

}  // namespace mono::tests
