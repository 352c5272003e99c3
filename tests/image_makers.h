#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <string>
#include <vector>

#include "model/image/image.h"

/// Small image files and pictures for tests.
namespace mono::tests {

using Bytes = std::vector<uint8_t>;

inline void append(Bytes& to, uint32_t big_endian) {
  for (int shift = 24; shift >= 0; shift -= 8)
    to.push_back(static_cast<uint8_t>(big_endian >> shift));
}

inline void append_chunk(Bytes& png, const std::string& type, const Bytes& data) {
  append(png, static_cast<uint32_t>(data.size()));
  Bytes body(type.begin(), type.end());
  body.insert(body.end(), data.begin(), data.end());
  png.insert(png.end(), body.begin(), body.end());
  append(png, static_cast<uint32_t>(crc32(0, body.data(), static_cast<uInt>(body.size()))));
}

inline Bytes png_head(uint32_t width, uint32_t height, uint8_t depth, uint8_t colour_type) {
  Bytes png{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  Bytes header;
  append(header, width);
  append(header, height);
  header.insert(header.end(), {depth, colour_type, 0, 0, 0});
  append_chunk(png, "IHDR", header);
  return png;
}

inline Bytes deflated(const Bytes& rows) {
  uLongf size = compressBound(rows.size());
  Bytes data(size);
  EXPECT_EQ(compress(data.data(), &size, rows.data(), rows.size()), Z_OK);
  data.resize(size);
  return data;
}

/// 2x1 RGB: (1,2,3) (4,5,6).
inline Bytes small_png() {
  auto png = png_head(2, 1, 8, 2);
  append_chunk(png, "IDAT", deflated({0, 1, 2, 3, 4, 5, 6}));
  append_chunk(png, "IEND", {});
  return png;
}

inline Bytes without_last(const Bytes& bytes, size_t count) {
  return {bytes.begin(), bytes.end() - static_cast<ptrdiff_t>(count)};
}

inline model::StoredImage gradient(int width, int height) {
  model::StoredImage image{model::StoredMode::kRgb, width, height, {}};
  for (int i = 0; i < width * height * 3; ++i) image.samples.push_back(static_cast<uint8_t>(i));
  return image;
}

}  // namespace mono::tests
