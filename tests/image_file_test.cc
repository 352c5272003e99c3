#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include "model/adapter.h"
#include "model/image/file/decode.h"
#include "model/image/file/load.h"

namespace mono::model {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr int64_t kMany = 1 << 20;

std::string refusal(const Bytes& bytes, int64_t max_pixels = kMany) {
  try {
    decode_image(bytes, "picture", max_pixels);
  } catch (const SetupError& error) {
    return error.what();
  }
  return "";
}

void append(Bytes& to, uint32_t big_endian) {
  for (int shift = 24; shift >= 0; shift -= 8)
    to.push_back(static_cast<uint8_t>(big_endian >> shift));
}

void append_chunk(Bytes& png, const std::string& type, const Bytes& data) {
  append(png, static_cast<uint32_t>(data.size()));
  Bytes body(type.begin(), type.end());
  body.insert(body.end(), data.begin(), data.end());
  png.insert(png.end(), body.begin(), body.end());
  append(png, static_cast<uint32_t>(crc32(0, body.data(), static_cast<uInt>(body.size()))));
}

Bytes png_head(uint32_t width, uint32_t height, uint8_t depth, uint8_t colour_type) {
  Bytes png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  Bytes header;
  append(header, width);
  append(header, height);
  header.insert(header.end(), {depth, colour_type, 0, 0, 0});
  append_chunk(png, "IHDR", header);
  return png;
}

Bytes deflated(const Bytes& rows) {
  uLongf size = compressBound(rows.size());
  Bytes data(size);
  EXPECT_EQ(compress(data.data(), &size, rows.data(), rows.size()), Z_OK);
  data.resize(size);
  return data;
}

/// 2x1 RGB: (1,2,3) (4,5,6).
Bytes small_png() {
  auto png = png_head(2, 1, 8, 2);
  append_chunk(png, "IDAT", deflated({0, 1, 2, 3, 4, 5, 6}));
  append_chunk(png, "IEND", {});
  return png;
}

Bytes without_last(const Bytes& bytes, size_t count) {
  return {bytes.begin(), bytes.end() - static_cast<ptrdiff_t>(count)};
}

StoredImage gradient(int width, int height) {
  StoredImage image{StoredMode::kRgb, width, height, {}};
  for (int i = 0; i < width * height * 3; ++i) image.samples.push_back(static_cast<uint8_t>(i));
  return image;
}

TEST(ImageFileTest, ReadsAPngAndDoesWithoutItsEnd) {
  auto png = small_png();
  const Bytes expected{1, 2, 3, 4, 5, 6};
  EXPECT_EQ(decode_image(png, "picture", kMany).samples, expected);
  png = without_last(png, 12);
  EXPECT_EQ(decode_image(png, "picture", kMany).samples, expected);
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

TEST(LoadImageTest, TheJpegRoundTripComesBeforeTheConversion) {
  auto png = png_head(8, 8, 8, 0);
  Bytes rows;
  for (int y = 0; y < 8; ++y) {
    rows.push_back(0);
    for (int x = 0; x < 8; ++x) rows.push_back(static_cast<uint8_t>(y * x * 4));
  }
  append_chunk(png, "IDAT", deflated(rows));
  ImageInput input{.reencodes_as_jpeg = true, .keeps_stored_mode = true};
  input.bytes = std::make_shared<const std::string>(png.begin(), png.end());
  EXPECT_EQ(load_image(input).mode, StoredMode::kGray);  // written as a gray JPEG
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
