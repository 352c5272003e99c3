#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "model/image/image.h"

namespace mono::model {

/// Side of a tile in pixels.
inline constexpr int kTileSize = 448;

/// What bounds the choice of a grid.
struct TileLimits {
  int min_tiles = 1;  // columns * rows; the thumbnail not counted
  int max_tiles = 12;
  int tile_size = kTileSize;
  bool use_thumbnail = true;
};

/// Into how many tiles a picture is cut.
struct TilePlan {
  int columns = 1;
  int rows = 1;
  int tile_size = kTileSize;
  bool has_thumbnail = false;

  int num_tiles() const { return columns * rows + (has_thumbnail ? 1 : 0); }
  /// Bytes of all tiles: num_tiles * tile_size * tile_size * 3.
  size_t num_bytes() const;
};

/// The grid whose columns / rows is nearest to width / height; on an exact tie the grid with more
/// tiles if width * height > 0.5 * tile_size^2 * columns * rows. A thumbnail exists only beside
/// more than one tile.
///
/// \throws SetupError if a size or limit is below 1 or min_tiles > max_tiles.
/// Formula: OpenGVLab/Mono-InternVL@5b17ab4 README, find_closest_aspect_ratio; the order of grids
/// with one product is that of CPython's set of pairs, which shows for min_tiles > 1 only.
TilePlan plan_tiles(int width, int height, const TileLimits& limits);

/// Cuts a picture into tiles: resized with bicubic to (columns, rows) tiles, row by row, then the
/// thumbnail, which is made from the picture itself.
/// \returns uint8 [num_tiles, tile_size, tile_size, 3]
std::vector<uint8_t> cut_tiles(const RgbImage& image, const TilePlan& plan);

/// The same into a buffer of plan.num_bytes().
void cut_tiles(const RgbImage& image, const TilePlan& plan, std::span<uint8_t> out);

/// The same in the file's own mode, each tile converted to RGB after it was cut.
std::vector<uint8_t> cut_tiles(const StoredImage& image, const TilePlan& plan);

/// Width and height doubled with bilinear, as the pipelines do to the first picture of MMMU.
RgbImage doubled(const RgbImage& image);
StoredImage doubled(const StoredImage& image);

}  // namespace mono::model
