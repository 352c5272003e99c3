#include "model/image/tiles.h"

#include <gtest/gtest.h>

#include <cmath>
#include <ostream>

#include "model/adapter.h"
#include "model/image/image.h"
#include "model/image/normalise.h"
#include "model/image/resize.h"

namespace mono::model {
namespace {

struct Choice {
  int width = 0;
  int height = 0;
  int max_tiles = 0;
  int columns = 0;
  int rows = 0;
  int num_tiles = 0;
};

std::ostream& operator<<(std::ostream& out, const Choice& choice) {
  return out << choice.width << "x" << choice.height << "_max" << choice.max_tiles;
}

class TileChoiceTest : public testing::TestWithParam<Choice> {};

TEST_P(TileChoiceTest, FollowsTheReference) {
  const auto& choice = GetParam();
  const auto plan = plan_tiles(choice.width, choice.height, {.max_tiles = choice.max_tiles});
  EXPECT_EQ(plan.columns, choice.columns);
  EXPECT_EQ(plan.rows, choice.rows);
  EXPECT_EQ(plan.num_tiles(), choice.num_tiles);
}

// 633x633 has less than half the pixels of 2x2 tiles, 634x634 more.
INSTANTIATE_TEST_SUITE_P(
    , TileChoiceTest,
    testing::Values(Choice{448, 448, 12, 1, 1, 1}, Choice{640, 480, 6, 3, 2, 7},
                    Choice{640, 480, 12, 4, 3, 13}, Choice{500, 400, 24, 5, 4, 21},
                    Choice{633, 633, 12, 1, 1, 1}, Choice{634, 634, 12, 2, 2, 5},
                    Choice{5000, 100, 18, 18, 1, 19}, Choice{1654, 2339, 24, 4, 6, 25},
                    Choice{1344, 1344, 18, 4, 4, 17}));

TEST(TilesTest, ASingleTileHasNoThumbnail) {
  EXPECT_FALSE(plan_tiles(100, 100, {}).has_thumbnail);
  EXPECT_FALSE(plan_tiles(900, 300, {.use_thumbnail = false}).has_thumbnail);
  EXPECT_TRUE(plan_tiles(900, 300, {}).has_thumbnail);
}

TEST(TilesTest, RefusesImpossibleLimits) {
  EXPECT_THROW(plan_tiles(0, 10, {}), SetupError);
  EXPECT_THROW(plan_tiles(10, 10, {.min_tiles = 3, .max_tiles = 2}), SetupError);
  EXPECT_THROW(plan_tiles(10, 10, {.min_tiles = 0}), SetupError);
  EXPECT_THROW(plan_tiles(10, 10, {.max_tiles = 1000000}), SetupError);
}

RgbImage ramp(int width, int height) {
  RgbImage image{width, height, {}};
  for (int i = 0; i < width * height * 3; ++i) {
    image.pixels.push_back(static_cast<uint8_t>(i * 7 + i / 50));
  }
  return image;
}

TEST(TilesTest, TilesAreTheCropsOfTheResizedPictureAndTheThumbnailIsLast) {
  const auto image = ramp(50, 30);
  const TilePlan plan{.columns = 3, .rows = 2, .tile_size = 16, .has_thumbnail = true};
  const auto tiles = cut_tiles(image, plan);
  ASSERT_EQ(tiles.size(), plan.num_bytes());

  const auto resized = resize(image, 48, 32, Filter::kBicubic, Instructions::kScalar);
  const auto thumbnail = resize(image, 16, 16, Filter::kBicubic, Instructions::kScalar);
  for (int tile = 0; tile < 7; ++tile) {
    const auto& from = tile < 6 ? resized : thumbnail;
    const int left = tile < 6 ? tile % 3 * 16 : 0;
    const int top = tile < 6 ? tile / 3 * 16 : 0;
    for (int y = 0; y < 16; ++y) {
      for (int i = 0; i < 48; ++i) {
        ASSERT_EQ(tiles[(tile * 16 + y) * 48 + i],
                  from.pixels[((top + y) * from.width + left) * 3 + i])
            << "tile " << tile << ", row " << y << ", byte " << i;
      }
    }
  }
}

TEST(TilesTest, StoredGrayGivesTheSameTilesAsItsRgb) {
  StoredImage gray{StoredMode::kGray, 20, 10, {}};
  for (int i = 0; i < 200; ++i) gray.samples.insert(gray.samples.end(), 3, static_cast<uint8_t>(i));
  const TilePlan plan{.columns = 2, .rows = 1, .tile_size = 8, .has_thumbnail = true};
  EXPECT_EQ(cut_tiles(gray, plan), cut_tiles(to_rgb(gray), plan));
}

TEST(TilesTest, RefusesABufferOfAnotherSizeAndAnImageThatIsCutShort) {
  const TilePlan plan{.tile_size = 8};
  std::vector<uint8_t> small(10);
  EXPECT_THROW(cut_tiles(ramp(4, 4), plan, small), SetupError);
  EXPECT_THROW(cut_tiles(RgbImage{4, 4, std::vector<uint8_t>(47)}, plan), SetupError);
  EXPECT_THROW(cut_tiles(ramp(4, 4), TilePlan{.columns = 0}), SetupError);
}

TEST(ConvertTest, CmykFollowsTheIntegerFormula) {
  // k = 55: nk = 200; c = 100: t = 20128, (78 + 20128) >> 8 = 78; m = 0: 0; y = 255: 200.
  const StoredImage image{StoredMode::kCmyk, 1, 1, {100, 0, 255, 55}};
  EXPECT_EQ(to_rgb(image).pixels, (std::vector<uint8_t>{122, 200, 0}));
}

TEST(ConvertTest, WideGrayIsClippedAndNotScaled) {
  const StoredImage image{StoredMode::kGray16, 3, 1, {7, 0, 255, 0, 0, 1}};  // 7, 255, 256
  EXPECT_EQ(to_rgb(image).pixels, (std::vector<uint8_t>{7, 7, 7, 255, 255, 255, 255, 255, 255}));
}

TEST(ConvertTest, AlphaIsDroppedAndNotComposited) {
  const StoredImage image{StoredMode::kRgba, 1, 1, {1, 2, 3, 0}};
  EXPECT_EQ(to_rgb(image).pixels, (std::vector<uint8_t>{1, 2, 3}));
}

TEST(ConvertTest, LabIsRefused) {
  EXPECT_THROW(to_rgb(StoredImage{StoredMode::kLab, 1, 1, {0, 0, 0, 0}}), SetupError);
}

TEST(NormaliseTest, RoundsToTheBf16BitsOfTheReference) {
  std::vector<uint8_t> tile;
  for (const int byte : {0, 1, 127, 255}) tile.insert(tile.end(), 3, static_cast<uint8_t>(byte));
  std::vector<uint16_t> bits(tile.size());
  normalise(tile, 2, std::span<uint16_t>(bits));
  EXPECT_EQ(bits, (std::vector<uint16_t>{0xc008, 0xc006, 0x3d69, 0x4010,     // red
                                         0xc002, 0xc001, 0x3e40, 0x401b,     // green
                                         0xbfe7, 0xbfe5, 0x3ed1, 0x4029}));  // blue
}

TEST(NormaliseTest, Float32IsWithinAnUlpOfTheFormulaInDouble) {
  const double mean[] = {0.485, 0.456, 0.406};
  const double std[] = {0.229, 0.224, 0.225};
  for (size_t channel = 0; channel < 3; ++channel) {
    for (int byte = 0; byte < 256; ++byte) {
      const double expected = (byte / 255.0 - mean[channel]) / std[channel];
      EXPECT_LE(std::abs(normalise_table()[channel][byte] - expected), 1e-6);
    }
  }
}

TEST(NormaliseTest, RefusesSizesThatDoNotFit) {
  const std::vector<uint8_t> tile(12);
  std::vector<float> out(12);
  EXPECT_THROW(normalise(tile, 3, std::span<float>(out)), SetupError);
  EXPECT_THROW(normalise(tile, 0, std::span<float>(out)), SetupError);
  EXPECT_THROW(normalise(tile, 2, std::span<float>(out).first(11)), SetupError);
}

}  // namespace
}  // namespace mono::model
