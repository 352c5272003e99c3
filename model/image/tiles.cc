#include "model/image/tiles.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/adapter.h"
#include "model/image/resample.h"
#include "model/image/resize.h"
#include "model/image/tile_order.h"

namespace mono::model {
namespace {

/// More would only make the list of candidates long.
constexpr int kMostTiles = 4096;

bool keeps_mode_rgb(StoredMode mode) {
  return mode == StoredMode::kRgb || mode == StoredMode::kGray;
}

void check(const TilePlan& plan) {
  if (plan.columns < 1 || plan.rows < 1 || plan.tile_size < 1) {
    fail("cut_tiles: a plan of ", plan.columns, "x", plan.rows, " tiles of ", plan.tile_size,
         " pixels");
  }
}

RgbImage cropped(const StoredImage& image, int left, int top, int size) {
  const int step = bytes_per_pixel(image.mode);
  StoredImage tile{image.mode, size, size, {}};
  tile.samples.reserve(static_cast<size_t>(size) * size * step);
  for (int y = top; y < top + size; ++y) {
    const auto from =
        image.samples.begin() + (static_cast<ptrdiff_t>(y) * image.width + left) * step;
    tile.samples.insert(tile.samples.end(), from, from + static_cast<ptrdiff_t>(size) * step);
  }
  return to_rgb(std::move(tile));
}

void append(std::vector<uint8_t>& all, const RgbImage& tile) {
  all.insert(all.end(), tile.pixels.begin(), tile.pixels.end());
}

void cut_rgb(std::span<const uint8_t> pixels, int width, int height, const TilePlan& plan,
             std::span<uint8_t> out) {
  const size_t expected = static_cast<size_t>(width) * height * 3;
  if (width < 1 || height < 1 || pixels.size() != expected || out.size() != plan.num_bytes()) {
    fail("cut_tiles: an image of ", width, "x", height, " with ", pixels.size(),
         " bytes into a buffer of ", out.size(), ", expected ", expected, " and ",
         plan.num_bytes());
  }
  const int size = plan.tile_size;
  resampling::Job job{.in = pixels.data(),
                      .in_width = width,
                      .in_height = height,
                      .out_width = plan.columns * size,
                      .out_height = plan.rows * size,
                      .tile_width = size,
                      .tile_height = size};
  resampling::resample(job, resampling::best_passes(), out.data());
  if (!plan.has_thumbnail) return;

  job.out_width = size;
  job.out_height = size;
  const size_t grid_bytes = static_cast<size_t>(plan.columns) * plan.rows * size * size * 3;
  resampling::resample(job, resampling::best_passes(), out.data() + grid_bytes);
}

}  // namespace

size_t TilePlan::num_bytes() const {
  return static_cast<size_t>(num_tiles()) * tile_size * tile_size * 3;
}

TilePlan plan_tiles(int width, int height, const TileLimits& limits) {
  if (width < 1 || height < 1 || limits.min_tiles < 1 || limits.tile_size < 1 ||
      limits.max_tiles < limits.min_tiles || limits.max_tiles > kMostTiles) {
    fail("plan_tiles: expected sizes of at least 1 and 1 <= min_tiles <= max_tiles <= ", kMostTiles,
         ", got ", width, "x", height, ", tiles of ", limits.tile_size, ", ", limits.min_tiles,
         " to ", limits.max_tiles);
  }
  const double ratio = static_cast<double>(width) / height;
  const double area = static_cast<double>(width) * height;
  Grid best{};
  double best_distance = std::numeric_limits<double>::infinity();
  for (const auto& grid : candidate_grids(limits.min_tiles, limits.max_tiles)) {
    const double distance = std::abs(ratio - static_cast<double>(grid.columns) / grid.rows);
    const double half_area = 0.5 * limits.tile_size * limits.tile_size * grid.columns * grid.rows;
    if (distance < best_distance || (distance == best_distance && area > half_area)) {
      best_distance = distance;
      best = grid;
    }
  }
  return {.columns = best.columns,
          .rows = best.rows,
          .tile_size = limits.tile_size,
          .has_thumbnail = limits.use_thumbnail && best.columns * best.rows != 1};
}

std::vector<uint8_t> cut_tiles(const RgbImage& image, const TilePlan& plan) {
  check(plan);
  std::vector<uint8_t> out(plan.num_bytes());
  cut_tiles(image, plan, out);
  return out;
}

void cut_tiles(const RgbImage& image, const TilePlan& plan, std::span<uint8_t> out) {
  check(plan);
  cut_rgb(image.pixels, image.width, image.height, plan, out);
}

std::vector<uint8_t> cut_tiles(const StoredImage& image, const TilePlan& plan) {
  check(plan);
  if (keeps_mode_rgb(image.mode)) {
    std::vector<uint8_t> out(plan.num_bytes());
    cut_rgb(image.samples, image.width, image.height, plan, out);
    return out;
  }
  const int size = plan.tile_size;
  const auto resized = resize(image, plan.columns * size, plan.rows * size, Filter::kBicubic);
  std::vector<uint8_t> tiles;
  tiles.reserve(plan.num_bytes());
  for (int row = 0; row < plan.rows; ++row) {
    for (int column = 0; column < plan.columns; ++column) {
      append(tiles, cropped(resized, column * size, row * size, size));
    }
  }
  if (plan.has_thumbnail) append(tiles, to_rgb(resize(image, size, size, Filter::kBicubic)));
  return tiles;
}

RgbImage doubled(const RgbImage& image) {
  return resize(image, 2 * image.width, 2 * image.height, Filter::kBilinear);
}

StoredImage doubled(const StoredImage& image) {
  return resize(image, 2 * image.width, 2 * image.height, Filter::kBilinear);
}

}  // namespace mono::model
