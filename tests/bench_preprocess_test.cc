#include "evaluator/bench/preprocess.h"

#include <gtest/gtest.h>

#include "evaluator/bench/answers.h"
#include "tests/sha256.h"

namespace mono::bench {
namespace {

model::ModelConfig config_with(bool uses_thumbnail) {
  model::ModelConfig config;
  config.image_size = 28;
  config.uses_thumbnail = uses_thumbnail;
  return config;
}

// plan_tiles itself says whether the picture fits; it throws where not.
TEST(PreprocessTest, HasAPictureForEveryNumberOfTiles) {
  for (const bool uses_thumbnail : {false, true}) {
    for (int64_t tiles = 1; tiles <= 41; ++tiles) {
      const auto config = config_with(uses_thumbnail);
      const auto picture = picture_for_tiles(config, tiles);
      EXPECT_GT(time_to_preprocess(config, picture, tiles, true).seconds, 0);
      EXPECT_GT(time_to_preprocess(config, picture, tiles, false).seconds, 0);
    }
  }
}

TEST(PreprocessTest, ThePictureOfTheUsualTilesHasTheirShape) {
  const auto picture = picture_for_tiles(config_with(true), 13);
  EXPECT_EQ(picture.width, 4 * 35);
  EXPECT_EQ(picture.height, 3 * 35);
}

TEST(AnswersTest, HaveOneDigestOfAllTheirIds) {
  EXPECT_EQ(digest_of({{1, 2}, {3}}), tests::sha256(std::vector<int64_t>{1, 2, 3}));
}

}  // namespace
}  // namespace mono::bench
