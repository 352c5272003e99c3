#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "evaluator/bench/workload.h"
#include "model/engine.h"

namespace mono::bench {

/// A prompt of the shape: text, the picture, text; ids that every vocabulary has.
std::vector<int64_t> prompt_of(const model::ModelConfig& config, const Shape& shape,
                               int64_t image_context_id);

/// Random pixels [num_tiles, 3, image_size, image_size], the same for the same seed; in pinned
/// memory where they go to a GPU; undefined without tiles.
at::Tensor pixels_of(const model::ModelConfig& config, int64_t num_tiles,
                     const model::EngineOptions& options, int64_t seed);

}  // namespace mono::bench
