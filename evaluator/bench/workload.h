#pragma once

#include <cstdint>

#include "model/config.h"

namespace mono::bench {

/// What a pass must at least compute and move, whatever the implementation.
struct Work {
  double flops = 0;  // multiply and add are two
  double bytes = 0;  // weights once, keys and values
};

/// One request: a picture of some tiles among text.
struct Shape {
  int64_t num_tiles = 0;
  int64_t num_text_tokens = 0;
};

/// A model as far as its work depends on it.
struct ModelSize {
  model::ModelConfig config{};
  int64_t visual_expert_parameters = 0;  // that only image-context tokens meet
};

int64_t prompt_length(const model::ModelConfig& config, const Shape& shape);

/// Reading the prompt, logits of its last position included.
///
///   per layer and token 2 (q, k, v, out and three feed-forward products), causal attention
///   2 S^2 num_heads head_dim a layer, ViT and projector a tile, 2 hidden_size vocab_size once
///
/// \param bytes_per_value  of weights and cache
/// \param num_requests     of the shape, read together: each has its flops and its cache, the
///                         weights are read once
Work prefill_work(const ModelSize& model, const Shape& shape, double bytes_per_value,
                  int64_t num_requests = 1);

/// Of it what the tiles need before the language model: patch embedding, ViT, projector.
Work vision_work(const ModelSize& model, int64_t num_tiles, double bytes_per_value);

/// One more token behind `length` others: every text weight, the head, and the cache.
/// \param num_sequences  whose next tokens are computed together, on average
Work decode_work(const ModelSize& model, int64_t length, double bytes_per_value,
                 double num_sequences = 1);

}  // namespace mono::bench
