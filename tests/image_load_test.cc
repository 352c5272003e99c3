#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <random>

#include "model/adapter.h"
#include "model/image/file/load.h"
#include "tests/image_makers.h"
#include "tests/memory_limit.h"
#include "tests/messages.h"

namespace mono::model {
namespace {

using tests::append_chunk;
using tests::Bytes;
using tests::deflated;
using tests::png_head;
using tests::small_png;

TEST(LoadImageTest, NamesTheFileThatCannotBeOpened) {
  const ImageInput input{.name = "row 12, image 1", .path = "/nonexistent/a.png"};
  try {
    load_image(input);
    FAIL() << "no error";
  } catch (const SetupError& error) {
    EXPECT_STREQ(error.what(), "row 12, image 1: cannot open /nonexistent/a.png");
  }
}

TEST(LoadImageTest, RefusesAnInputWithoutPathAndBytes) {
  EXPECT_THROW(load_image(ImageInput{.name = "row 1"}), SetupError);
}

TEST(LoadImageTest, ReadsBytesOrAFileAlike) {
  const auto png = small_png();
  const auto path = std::filesystem::temp_directory_path() /
                    ("mono_image_" + std::to_string(std::random_device{}()) + ".png");
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
  const auto from_file = load_image({.path = path});
  std::filesystem::remove(path);
  ImageInput input;
  input.bytes = std::make_shared<const std::string>(png.begin(), png.end());
  EXPECT_EQ(load_image(input).samples, from_file.samples);
}

TEST(LoadImageTest, NamesThePictureThatDoesNotFitInMemory) {
  if (!tests::kCanLimitMemory) GTEST_SKIP();
  constexpr uint32_t kSide = 8192;  // 64 MiB of one byte a pixel, 192 MiB of RGB
  auto png = png_head(kSide, kSide, 1, 0);
  append_chunk(png, "IDAT", deflated(Bytes(size_t{kSide} * (1 + kSide / 8))));
  ImageInput input{.name = "row 12, image 1"};
  input.bytes = std::make_shared<const std::string>(png.begin(), png.end());
  const tests::MemoryLimit limit(uint64_t{128} << 20);
  EXPECT_EQ(tests::message_of<SetupError>([&] { load_image(input); }),
            "row 12, image 1: the picture needs more memory than there is");
}

TEST(LoadImageTest, DoublesAndKeepsTheStoredModeWhenAsked) {
  auto png = png_head(1, 1, 8, 6);
  append_chunk(png, "IDAT", deflated({0, 1, 2, 3, 255}));
  ImageInput input{.doubles_size = true, .keeps_stored_mode = true};
  input.bytes = std::make_shared<const std::string>(png.begin(), png.end());
  const auto stored = load_image(input);
  EXPECT_EQ(stored.mode, StoredMode::kRgba);
  EXPECT_EQ(stored.width, 2);
  input.keeps_stored_mode = false;
  input.doubles_size = false;
  EXPECT_EQ(load_image(input).samples, (Bytes{1, 2, 3}));
}

/// A picture of 8 x 8 pixels of this color type.
std::shared_ptr<const std::string> png_of(uint8_t color_type, int samples_per_pixel) {
  auto png = png_head(8, 8, 8, color_type);
  Bytes rows;
  for (int y = 0; y < 8; ++y) {
    rows.push_back(0);
    for (int x = 0; x < 8 * samples_per_pixel; ++x) rows.push_back(static_cast<uint8_t>(y * x));
  }
  append_chunk(png, "IDAT", deflated(rows));
  return std::make_shared<const std::string>(png.begin(), png.end());
}

TEST(LoadImageTest, TheJpegRoundTripComesBeforeTheConversion) {
  ImageInput input{.reencodes_as_jpeg = true, .keeps_stored_mode = true};
  input.bytes = png_of(0, 1);
  EXPECT_EQ(load_image(input).mode, StoredMode::kGray);  // written as a gray JPEG
}

TEST(LoadImageTest, GrayWithAlphaLosesItBeforeTheJpegRoundTripWhereAsked) {
  ImageInput input{.reencodes_as_jpeg = true, .keeps_stored_mode = true};
  input.bytes = png_of(4, 2);
  EXPECT_THROW(load_image(input), SetupError);
  input.drops_alpha_of_gray = true;
  const auto image = load_image(input);
  EXPECT_EQ(image.mode, StoredMode::kRgb);
  input.drops_alpha_of_gray = input.reencodes_as_jpeg = false;
  const auto gray = to_rgb(load_image(input));
  const StoredImage rgb{StoredMode::kRgb, gray.width, gray.height, gray.pixels};
  EXPECT_EQ(image.samples, jpeg_round_trip(rgb, "rgb").samples);
}

TEST(JpegRoundTripTest, RefusesTheModesPillowCannotWrite) {
  for (const auto mode : {StoredMode::kGrayAlpha, StoredMode::kGray16, StoredMode::kInt32,
                          StoredMode::kFloat32, StoredMode::kPaletteAlpha}) {
    StoredImage image{mode, 1, 1, {}};
    image.samples.resize(static_cast<size_t>(bytes_per_pixel(mode)));
    try {
      encode_jpeg(image, "picture");
      ADD_FAILURE() << mode_name(mode) << ": no error";
    } catch (const SetupError& error) {
      EXPECT_EQ(std::string(error.what()),
                std::string("picture: cannot write mode ") + mode_name(mode) + " as JPEG");
    }
  }
}

TEST(JpegRoundTripTest, RefusesASideThatJpegCannotHold) {
  const StoredImage image{StoredMode::kRgb, 65501, 1, Bytes(size_t{65501} * 3)};
  EXPECT_THROW(encode_jpeg(image, "picture"), SetupError);
}

}  // namespace
}  // namespace mono::model
