#include "model/image/resize.h"

#include <gtest/gtest.h>

#include <random>

#include "model/adapter.h"
#include "model/image/tiles.h"

namespace mono::model {
namespace {

std::vector<uint8_t> random_bytes(size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<uint8_t> bytes(size);
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return bytes;
}

/// One row of gray pixels.
RgbImage gray_row(const std::vector<uint8_t>& values) {
  RgbImage image{static_cast<int>(values.size()), 1, {}};
  for (const uint8_t value : values) image.pixels.insert(image.pixels.end(), 3, value);
  return image;
}

std::vector<uint8_t> reds(const RgbImage& image) {
  std::vector<uint8_t> values;
  for (size_t i = 0; i < image.pixels.size(); i += 3) values.push_back(image.pixels[i]);
  return values;
}

// Vectors of Pillow 11.3, one row, one channel.
TEST(ImageResizeTest, EnlargesARowAsPillowDoes) {
  const auto out = resize(gray_row({5, 53, 175, 115}), 8, 1, Filter::kBicubic);
  EXPECT_EQ(reds(out), (std::vector<uint8_t>{1, 11, 34, 83, 156, 170, 129, 110}));
}

TEST(ImageResizeTest, ShrinksARowAsPillowDoes) {
  const auto row = gray_row({5, 53, 175, 115, 129, 217, 123, 103});
  EXPECT_EQ(reds(resize(row, 4, 1, Filter::kBicubic)), (std::vector<uint8_t>{42, 136, 165, 125}));
}

TEST(ImageResizeTest, TakesAnOddRatioAsPillowDoes) {
  const auto out = resize(gray_row({5, 53, 175, 115, 129}), 7, 1, Filter::kBicubic);
  EXPECT_EQ(reds(out), (std::vector<uint8_t>{2, 24, 88, 175, 132, 117, 130}));
}

// Doubling with bilinear: weights 3/4 and 1/4 of the two nearest, rounded half up.
TEST(ImageResizeTest, DoublesWithBilinearWeights) {
  const auto out = doubled(gray_row({0, 100}));
  EXPECT_EQ(out.width, 4);
  EXPECT_EQ(out.height, 2);
  EXPECT_EQ(reds(out), (std::vector<uint8_t>{0, 25, 75, 100, 0, 25, 75, 100}));
}

TEST(ImageResizeTest, NearestTakesThePixelUnderTheCentre) {
  const auto out = resize(gray_row({1, 2, 3, 4, 5}), 3, 1, Filter::kNearest);
  EXPECT_EQ(reds(out), (std::vector<uint8_t>{1, 3, 5}));  // centres 0.83, 2.5, 4.17
}

TEST(ImageResizeTest, EveryInstructionSetGivesTheSameBytes) {
  std::mt19937 random(7);
  const auto below = [&](int limit) { return 1 + static_cast<int>(random() % limit); };
  for (int round = 0; round < 300; ++round) {
    const int most = round % 10 == 0 ? 700 : 90;
    const RgbImage image = [&] {
      const int width = below(most);
      const int height = below(most);
      return RgbImage{width, height, random_bytes(size_t{3} * width * height, random())};
    }();
    const int width = below(most);
    const int height = below(most);
    const Filter filter = round % 2 == 0 ? Filter::kBicubic : Filter::kBilinear;
    const auto expected = resize(image, width, height, filter, Instructions::kScalar);
    for (const auto instructions : available_instructions()) {
      const auto actual = resize(image, width, height, filter, instructions);
      ASSERT_EQ(actual.pixels, expected.pixels)
          << image.width << "x" << image.height << " to " << width << "x" << height
          << ", instruction set " << static_cast<int>(instructions);
    }
  }
}

TEST(ImageResizeTest, FourChannelsFollowTheSameRuleAsThree) {
  const int width = 61;
  const int height = 47;
  const auto bytes = random_bytes(size_t{4} * width * height, 3);
  const StoredImage cmyk{StoredMode::kCmyk, width, height, bytes};
  RgbImage three{width, height, {}};
  for (size_t i = 0; i < bytes.size(); i += 4) {
    three.pixels.insert(three.pixels.end(), bytes.begin() + static_cast<ptrdiff_t>(i),
                        bytes.begin() + static_cast<ptrdiff_t>(i) + 3);
  }
  const auto four = resize(cmyk, 90, 31, Filter::kBicubic);
  const auto expected = resize(three, 90, 31, Filter::kBicubic, Instructions::kScalar);
  for (size_t i = 0; i < size_t{90} * 31; ++i) {
    for (size_t k = 0; k < 3; ++k) {
      ASSERT_EQ(four.samples[4 * i + k], expected.pixels[3 * i + k]) << "pixel " << i;
    }
  }
}

TEST(ImageResizeTest, KeepsTheColourOfAHiddenNeighbourOut) {
  // Red opaque beside green transparent: with premultiplied alpha no green may show.
  const StoredImage image{StoredMode::kRgba, 2, 1, {255, 0, 0, 255, 0, 255, 0, 0}};
  const auto out = resize(image, 8, 1, Filter::kBicubic);
  for (size_t i = 0; i < out.samples.size(); i += 4) {
    EXPECT_EQ(out.samples[i + 1], 0) << "pixel " << i / 4;
    EXPECT_EQ(out.samples[i], out.samples[i + 3] == 0 ? 0 : 255) << "pixel " << i / 4;
  }
}

TEST(ImageResizeTest, PalettePicturesTakeWholePixelsWhateverTheFilter) {
  const StoredImage image{StoredMode::kPalette, 2, 1, {10, 20, 30, 200, 210, 220}};
  const auto out = resize(image, 4, 1, Filter::kBicubic);
  EXPECT_EQ(out.samples,
            (std::vector<uint8_t>{10, 20, 30, 10, 20, 30, 200, 210, 220, 200, 210, 220}));
}

TEST(ImageResizeTest, AnUnchangedSizeIsACopy) {
  const StoredImage image{StoredMode::kRgba, 1, 2, {9, 8, 7, 3, 6, 5, 4, 0}};
  EXPECT_EQ(resize(image, 1, 2, Filter::kBicubic).samples, image.samples);
}

TEST(ImageResizeTest, RefusesEmptySizes) {
  const RgbImage image{2, 2, std::vector<uint8_t>(12)};
  EXPECT_THROW(resize(image, 0, 4, Filter::kBicubic), SetupError);
  EXPECT_THROW(resize(image, 4, -1, Filter::kNearest), SetupError);
  EXPECT_THROW(resize(RgbImage{}, 4, 4, Filter::kBicubic), SetupError);
  const StoredImage gray{StoredMode::kGray16, 2, 2, std::vector<uint8_t>(8)};
  EXPECT_THROW(resize(gray, 0, 4, Filter::kBicubic), SetupError);
}

}  // namespace
}  // namespace mono::model
