#include <gtest/gtest.h>

#include <random>
#include <tuple>

#include "model/adapter.h"
#include "model/image/file/decode.h"
#include "model/image/file/load.h"
#include "tests/image_makers.h"

namespace mono::model {
namespace {

using tests::append_chunk;
using tests::Bytes;
using tests::deflated;
using tests::gradient;
using tests::png_head;
using tests::small_png;
using tests::without_last;

constexpr int64_t kMany = 1 << 20;

std::string refusal(const Bytes& bytes, int64_t max_pixels = kMany) {
  try {
    decode_image(bytes, "picture", max_pixels);
  } catch (const SetupError& error) {
    return error.what();
  }
  return "";
}

TEST(ImageFileTest, ReadsAPngAndDoesWithoutItsEnd) {
  auto png = small_png();
  const Bytes expected{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(decode_image(png, "picture", kMany).samples, expected);
  png = without_last(png, 12);
  EXPECT_EQ(decode_image(png, "picture", kMany).samples, expected);
}

TEST(ImageFileTest, RefusesAPngWithoutPixelsForItsSize) {
  for (const auto& [width, height, size] :
       {std::tuple(0, 0, "0x0"), std::tuple(0, 3, "0x3"), std::tuple(3, 0, "3x0")}) {
    auto png = png_head(width, height, 8, 2);
    append_chunk(png, "IDAT", deflated({0}));
    EXPECT_EQ(refusal(png), std::string("picture: PNG: a size of ") + size);
  }
}

TEST(ImageFileTest, ChecksumsCountBeforeThePixelsOnly) {
  auto png = small_png();
  auto damaged_header = png;
  damaged_header[8 + 8 + 13] ^= 1;  // of IHDR
  EXPECT_NE(refusal(damaged_header).find("checksum"), std::string::npos);
  png[png.size() - 13] ^= 1;  // of IDAT
  EXPECT_EQ(refusal(png), "");
}

TEST(ImageFileTest, IndicesOutsideThePaletteAreBlack) {
  auto png = png_head(2, 1, 8, 3);
  append_chunk(png, "PLTE", {9, 8, 7});
  append_chunk(png, "IDAT", deflated({0, 0, 200}));
  const auto image = decode_image(png, "picture", kMany);
  EXPECT_EQ(image.mode, StoredMode::kPalette);
  EXPECT_EQ(image.samples, (Bytes{9, 8, 7, 0, 0, 0}));
}

TEST(ImageFileTest, WideGrayKeepsItsSixteenBits) {
  auto png = png_head(2, 1, 16, 0);
  append_chunk(png, "IDAT", deflated({0, 0x01, 0x02, 0xff, 0xfe}));
  const auto image = decode_image(png, "picture", kMany);
  EXPECT_EQ(image.mode, StoredMode::kGray16);
  EXPECT_EQ(image.samples, (Bytes{0x02, 0x01, 0xfe, 0xff}));
}

TEST(ImageFileTest, RefusesAPngBombByItsHeader) {
  auto png = png_head(48000, 48000, 8, 2);
  append_chunk(png, "IDAT", deflated({0}));
  const auto message = refusal(png, 2000000000);
  EXPECT_NE(message.find("48000x48000"), std::string::npos) << message;
  EXPECT_NE(message.find("limit"), std::string::npos) << message;
}

TEST(ImageFileTest, TheLimitItselfIsAllowed) {
  EXPECT_EQ(refusal(small_png(), 2), "");
  EXPECT_NE(refusal(small_png(), 1).find("limit of 1"), std::string::npos);
}

TEST(ImageFileTest, NoPrefixOfAPngIsTakenForTheWhole) {
  const auto png = small_png();
  const size_t end_of_pixels = png.size() - 12 - 4;  // without IEND and the checksum of IDAT
  for (size_t size = 0; size + 5 < end_of_pixels; ++size) {
    EXPECT_NE(refusal({png.begin(), png.begin() + static_cast<ptrdiff_t>(size)}), "") << size;
  }
}

TEST(ImageFileTest, AJpegWithoutItsEndIsRefused) {
  auto jpeg = encode_jpeg(gradient(40, 30), "picture");
  EXPECT_EQ(refusal(jpeg), "");
  jpeg = without_last(jpeg, 2);
  EXPECT_NE(refusal(jpeg).find("JPEG: "), std::string::npos);
  jpeg = without_last(jpeg, jpeg.size() / 2);
  EXPECT_NE(refusal(jpeg).find("JPEG: "), std::string::npos);
}

TEST(ImageFileTest, BytesBehindAJpegDoNotMatter) {
  auto jpeg = encode_jpeg(gradient(16, 16), "picture");
  const auto expected = decode_image(jpeg, "picture", kMany).samples;
  jpeg.insert(jpeg.end(), {1, 2, 3});
  EXPECT_EQ(decode_image(jpeg, "picture", kMany).samples, expected);
}

TEST(ImageFileTest, ReadsAGifOutsideWhoseFrameIsIndexZero) {
  // 2x1 canvas, colours (10,20,30) and (40,50,60); a 1x1 frame at (1, 0) of index 1:
  // codes of 3 bits: clear (4), 1, end (5) = 101 001 100.
  const Bytes gif{'G', 'I', 'F', '8', '9', 'a', 2, 0, 1, 0, 0x80, 0, 0, 10,   20,   30, 40, 50,
                  60,  ',', 1,   0,   0,   0,   1, 0, 1, 0, 0,    2, 2, 0x4c, 0x01, 0,  ';'};
  const auto image = decode_image(gif, "picture", kMany);
  EXPECT_EQ(image.mode, StoredMode::kPalette);
  EXPECT_EQ(image.samples, (Bytes{10, 20, 30, 40, 50, 60}));
  for (size_t size = 0; size < gif.size() - 2; ++size) {
    EXPECT_NE(refusal({gif.begin(), gif.begin() + static_cast<ptrdiff_t>(size)}), "") << size;
  }
}

TEST(ImageFileTest, RefusesAnImpossibleLzwCode) {
  const Bytes gif{'G', 'I', 'F', '8', '9', 'a', 1, 0, 1, 0, 0, 0,    0, ',',
                  0,   0,   0,   0,   1,   0,   1, 0, 0, 2, 1, 0x3c, 0};  // clear, then 7
  EXPECT_NE(refusal(gif).find("damaged"), std::string::npos);
}

TEST(ImageFileTest, ReadsABmpFromTheLastRowUp) {
  Bytes bmp{'B', 'M', 0, 0, 0, 0, 0, 0, 0, 0, 26, 0, 0, 0,  // pixels at 26
            12,  0,   0, 0, 1, 0, 2, 0, 1, 0, 24, 0,        // 1x2, 24 bits
            3,   2,   1, 0, 6, 5, 4, 0};
  EXPECT_EQ(decode_image(bmp, "picture", kMany).samples, (Bytes{4, 5, 6, 1, 2, 3}));
  bmp = without_last(bmp, 2);
  EXPECT_NE(refusal(bmp).find("cut short"), std::string::npos);
}

TEST(ImageFileTest, RefusesWhatIsNoPicture) {
  EXPECT_NE(refusal({}).find("picture: not a JPEG"), std::string::npos);
  EXPECT_NE(refusal({'h', 'e', 'l', 'l', 'o'}), "");
  EXPECT_NE(refusal({'R', 'I', 'F', 'F', 0, 0, 0, 0, 'W', 'E', 'B', 'P'}).find("WebP"),
            std::string::npos);
  EXPECT_NE(refusal({'I', 'I', '*', 0, 8, 0, 0, 0}).find("TIFF"), std::string::npos);
}

/// Damages a file at random places; whatever happens must be a picture or a refusal.
void expect_no_surprise(const Bytes& whole) {
  std::mt19937 random(11);
  for (int round = 0; round < 300; ++round) {
    auto bytes = whole;
    for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<uint8_t>(random());
    if (round % 3 == 0) bytes = without_last(bytes, random() % bytes.size());
    try {
      const auto image = decode_image(bytes, "picture", kMany);
      EXPECT_EQ(image.samples.size(),
                static_cast<size_t>(image.width) * image.height * bytes_per_pixel(image.mode));
    } catch (const SetupError& error) {
      EXPECT_EQ(std::string(error.what()).rfind("picture: ", 0), 0U) << error.what();
    }
  }
}

TEST(ImageFileTest, DamagedFilesGiveAPictureOrARefusal) {
  expect_no_surprise(small_png());
  expect_no_surprise(encode_jpeg(gradient(33, 21), "picture"));
}

}  // namespace
}  // namespace mono::model
