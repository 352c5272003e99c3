#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "model/adapter.h"
#include "model/image/image.h"

/// One decoder a format; `decode_image` picks by the first bytes.
namespace mono::model::files {

/// An encoded file and what messages and limits need.
struct Source {
  std::span<const uint8_t> bytes{};
  const std::string& name;
  int64_t max_pixels = 0;
};

/// Throws SetupError "<name>: <format>: <reason>".
template <typename... Parts>
[[noreturn]] void refuse(const Source& source, const char* format, const Parts&... parts) {
  fail(source.name, ": ", format, ": ", parts...);
}

/// Refuses sizes below 1 and more pixels than the limit.
inline void check_size(const Source& source, const char* format, int64_t width, int64_t height) {
  constexpr int64_t kLongestSide = 1 << 30;  // keeps the product below 2^63
  if (width < 1 || height < 1 || width > kLongestSide || height > kLongestSide) {
    refuse(source, format, "a size of ", width, "x", height);
  }
  if (width * height > source.max_pixels) {
    refuse(source, format, width, "x", height, " pixels, more than the limit of ",
           source.max_pixels);
  }
}

StoredImage decode_jpeg(const Source& source);
StoredImage decode_png(const Source& source);
StoredImage decode_gif(const Source& source);
StoredImage decode_webp(const Source& source);
StoredImage decode_bmp(const Source& source);
StoredImage decode_tiff(const Source& source);

}  // namespace mono::model::files
