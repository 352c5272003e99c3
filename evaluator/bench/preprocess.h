#pragma once

#include <cstdint>

#include "model/config.h"
#include "model/image/image.h"
#include "model/stopwatch.h"

namespace mono::bench {

/// A picture of random bytes that the model's plan cuts into so many tiles, its thumbnail among
/// them where the model has one; its sides are 5/4 of the grid's, so that both are resized.
/// \param num_tiles  at least 1
/// \throws SetupError where the plan gives another number.
model::RgbImage picture_for_tiles(const model::ModelConfig& config, int64_t num_tiles);

/// What it takes on the host to plan the tiles of such a picture, cut and normalise them.
/// \param is_float  pixel_values in float32, else in bf16
model::Spent time_to_preprocess(const model::ModelConfig& config, const model::RgbImage& picture,
                                int64_t num_tiles, bool is_float);

}  // namespace mono::bench
