#pragma once

#include <nlohmann/json.hpp>

namespace mono::tests {

/// The fields a Mono-InternVL config.json needs, at sizes a test can check by hand: 2 layers, 4
/// heads in 2 groups of 8 dimensions, tiles of 4 patches and one token.
inline nlohmann::json tiny_config() {
  return {{"llm_config",
           {{"architectures", {"InternLM2VEForCausalLM"}},
            {"vocab_size", 40},
            {"hidden_size", 32},
            {"num_hidden_layers", 2},
            {"num_attention_heads", 4},
            {"num_key_value_heads", 2},
            {"intermediate_size", 48},
            {"max_position_embeddings", 64},
            {"rms_norm_eps", 1e-5},
            {"rope_theta", 10000},
            {"rope_scaling", {{"type", "dynamic"}, {"factor", 2.0}}},
            {"bias", false},
            {"hidden_act", "silu"},
            {"bos_token_id", 1},
            {"eos_token_id", 2}}},
          {"vision_config",
           {{"model_type", "intern_vit_patch"},
            {"hidden_size", 6},
            {"num_channels", 3},
            {"patch_size", 2},
            {"image_size", 4}}},
          {"force_image_size", 4},
          {"downsample_ratio", 0.5},
          {"ps_version", "v2"},
          {"select_layer", -1},
          {"dynamic_image_size", true},
          {"use_thumbnail", true},
          {"min_dynamic_patch", 1},
          {"max_dynamic_patch", 12},
          {"template", "internlm2-chat"}};
}

}  // namespace mono::tests
