#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "model/image/file/formats.h"

namespace mono::model::files {

/// What the chunks of a PNG file say, as far as it decides the pixels.
struct PngChunks {
  uint32_t width = 0;
  uint32_t height = 0;
  int bit_depth = 0;
  int colour_type = 0;  // 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGBA
  bool is_interlaced = false;
  std::span<const uint8_t> palette{};             // R G B each
  std::vector<std::span<const uint8_t>> image{};  // contents of the IDAT chunks, in order
  bool is_cut_short = false;                      // the last of them
};

/// Walks the chunks and refuses what Pillow 11.3 refuses: a wrong checksum before the image data,
/// a chunk that is cut short before or after it, broken animation chunks. A missing IEND and wrong
/// checksums from the image data on are accepted, as there.
PngChunks read_png_chunks(const Source& source);

}  // namespace mono::model::files
