#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "evaluator/bench/workload.h"
#include "model/engine.h"

namespace mono::bench {

/// The i-th of a fixed row of ids that are text: up to 200 different ones, 3 + 7 i mod 200 where
/// the vocabulary has them (scripts/peers ask the same), without the image-context id and the ends
/// of a text that config.json names.
/// \param i  >= 0
/// \throws SetupError if the vocabulary has no such id.
int64_t text_id(const model::ModelConfig& config, int64_t image_context_id, int64_t i);

/// A prompt of the shape: text, the picture, text.
/// \throws SetupError as `text_id`.
std::vector<int64_t> prompt_of(const model::ModelConfig& config, const Shape& shape,
                               int64_t image_context_id);

/// Random pixels [num_tiles, 3, image_size, image_size], the same for the same seed; in pinned
/// memory where they go to a GPU; undefined without tiles.
at::Tensor pixels_of(const model::ModelConfig& config, int64_t num_tiles,
                     const model::EngineOptions& options, int64_t seed);

}  // namespace mono::bench
