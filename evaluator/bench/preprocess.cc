#include "evaluator/bench/preprocess.h"

#include <random>
#include <span>
#include <vector>

#include "model/adapter.h"
#include "model/image/normalise.h"
#include "model/image/tiles.h"

namespace mono::bench {
namespace {

/// A thumbnail exists only beside two tiles or more.
int grid_tiles(const model::ModelConfig& config, int64_t num_tiles) {
  return static_cast<int>(config.uses_thumbnail && num_tiles > 2 ? num_tiles - 1 : num_tiles);
}

/// The most rows that divide the tiles and are no more than the columns.
int rows_of(int tiles) {
  int rows = 1;
  for (int i = 2; i * i <= tiles; ++i) rows = tiles % i == 0 ? i : rows;
  return rows;
}

model::TilePlan plan_for(const model::ModelConfig& config, int width, int height,
                         int64_t num_tiles) {
  return model::plan_tiles(width, height,
                           {.max_tiles = grid_tiles(config, num_tiles),
                            .tile_size = static_cast<int>(config.image_size),
                            .use_thumbnail = config.uses_thumbnail && num_tiles > 2});
}

template <typename Value>
model::Spent time_as(const model::ModelConfig& config, const model::RgbImage& picture,
                     int64_t num_tiles) {
  const model::Stopwatch watch;
  const auto plan = plan_for(config, picture.width, picture.height, num_tiles);
  const auto tiles = model::cut_tiles(picture, plan);
  std::vector<Value> values(tiles.size());
  model::normalise(tiles, plan.tile_size, std::span<Value>(values));
  return watch.spent();
}

}  // namespace

model::RgbImage picture_for_tiles(const model::ModelConfig& config, int64_t num_tiles) {
  const int tiles = grid_tiles(config, num_tiles);
  const int rows = rows_of(tiles);
  const int side = static_cast<int>(config.image_size) * 5 / 4;
  model::RgbImage picture{.width = tiles / rows * side, .height = rows * side};
  const auto plan = plan_for(config, picture.width, picture.height, num_tiles);
  if (plan.num_tiles() != num_tiles) {
    model::fail("a picture for ", num_tiles, " tiles is cut into ", plan.num_tiles());
  }
  picture.pixels.resize(size_t{3} * static_cast<size_t>(picture.width) *
                        static_cast<size_t>(picture.height));
  std::minstd_rand random(1);
  for (uint8_t& byte : picture.pixels) byte = static_cast<uint8_t>(random());
  return picture;
}

model::Spent time_to_preprocess(const model::ModelConfig& config, const model::RgbImage& picture,
                                int64_t num_tiles, bool is_float) {
  return is_float ? time_as<float>(config, picture, num_tiles)
                  : time_as<uint16_t>(config, picture, num_tiles);
}

}  // namespace mono::bench
