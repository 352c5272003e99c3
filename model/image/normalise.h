#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace mono::model {

/// The value of each byte in each channel: (u / 255 - mean) / std in three float32 roundings, with
/// the ImageNet mean (0.485, 0.456, 0.406) and std (0.229, 0.224, 0.225).
/// \returns [3, 256]
const std::array<std::array<float, 256>, 3>& normalise_table();

/// The same rounded to bf16, nearest even; bit patterns.
const std::array<std::array<uint16_t, 256>, 3>& normalise_table_bf16();

/// Makes `pixel_values` of tiles, in float32 or as bf16 bit patterns.
///
/// \param tiles      uint8 [num_tiles, tile_size, tile_size, 3]
/// \param tile_size  Side of a tile.
/// \param out        [num_tiles, 3, tile_size, tile_size]
/// \throws SetupError if the sizes do not fit each other.
void normalise(std::span<const uint8_t> tiles, int tile_size, std::span<float> out);
void normalise(std::span<const uint8_t> tiles, int tile_size, std::span<uint16_t> out);

}  // namespace mono::model
