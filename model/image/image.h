#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mono::model {

/// Pixels as the model sees them.
struct RgbImage {
  int width = 0;
  int height = 0;
  std::vector<uint8_t> pixels{};  // [height, width, 3]
};

/// How a file stores its pixels, as far as later steps can tell kinds apart.
///
/// A one-bit or palette picture is kept as the RGB its samples stand for: Pillow resizes both with
/// NEAREST, which picks whole pixels, so the look-up may come first.
enum class StoredMode {
  kBilevel,       // Pillow's 1: [height, width, 3], each pixel black or white
  kPalette,       // P: [height, width, 3], already looked up
  kPaletteAlpha,  // PA: [height, width, 3], already looked up, alpha dropped
  kGray,          // L: [height, width, 3], three equal values
  kGrayAlpha,     // LA: [height, width, 4], gray three times, alpha
  kRgb,           // [height, width, 3]
  kRgba,          // [height, width, 4]
  kCmyk,          // [height, width, 4], 0 is no ink
  kGray16,        // I;16: [height, width] little-endian uint16
  kInt32,         // I: [height, width] little-endian int32
  kFloat32,       // F: [height, width] little-endian float
  kLab,           // LAB: [height, width, 4], L, a + 128, b + 128, 255
};

/// A decoded file before anything is converted.
struct StoredImage {
  StoredMode mode = StoredMode::kRgb;
  int width = 0;
  int height = 0;
  std::vector<uint8_t> samples{};  // layout as StoredMode says
};

/// Bytes a pixel takes in StoredImage::samples.
int bytes_per_pixel(StoredMode mode);

/// Pillow's name of the mode, for messages.
const char* mode_name(StoredMode mode);

/// `Image.convert('RGB')` of Pillow 11.3: alpha dropped, gray replicated, 16-bit gray clipped to
/// 255, CMYK by nk = 255 - k, t = c * nk + 128, r = clip(nk - (((t >> 8) + t) >> 8)).
/// \throws SetupError for kLab, which no stated formula covers.
RgbImage to_rgb(const StoredImage& image);

/// The same without a copy where the samples are RGB already.
RgbImage to_rgb(StoredImage&& image);

}  // namespace mono::model
