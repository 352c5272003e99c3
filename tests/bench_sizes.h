#pragma once

#include "evaluator/bench/workload.h"

/// The sizes of published models, for what their work must be.
namespace mono::tests {

inline model::ModelConfig internlm2_2b_config() {
  model::ModelConfig config;
  config.language = {.vocab_size = 92553,
                     .hidden_size = 2048,
                     .num_layers = 24,
                     .num_heads = 16,
                     .num_kv_heads = 8,
                     .head_dim = 128,
                     .intermediate_size = 8192};
  config.vision = {.hidden_size = 1024, .num_channels = 3, .patch_size = 14, .image_size = 448};
  config.image_size = 448;
  config.shuffle_factor = 2;
  config.tokens_per_tile = 256;
  return config;
}

inline bench::ModelSize mono_2b() {
  bench::ModelSize size{.config = internlm2_2b_config(),
                        .visual_expert_parameters = 24LL * 3 * 2048 * 8192};
  size.config.language.has_visual_experts = true;
  return size;
}

inline bench::ModelSize internvl15_2b() {
  bench::ModelSize size{.config = internlm2_2b_config()};
  auto& vision = size.config.vision;
  vision.architecture = model::VisionArchitecture::kInternVit;
  vision.num_layers = 24;
  vision.num_heads = 16;
  vision.intermediate_size = 4096;
  size.config.num_vision_layers_used = 24;
  return size;
}

}  // namespace mono::tests
