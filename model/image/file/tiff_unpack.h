#pragma once

#include <cstdint>
#include <vector>

#include "model/image/image.h"

namespace mono::model::files {

/// What the tags of a TIFF picture say about its samples.
struct TiffKind {
  StoredMode mode = StoredMode::kRgb;
  int bits = 8;              // of a sample: 1, 2, 4, 8, 12, 16 or 32
  int num_samples = 1;       // of a pixel, alpha and others included
  bool is_inverted = false;  // white is zero
  bool is_premultiplied = false;
  bool is_signed = false;          // 16 bits into kInt32
  std::vector<uint8_t> palette{};  // R G B each
};

/// Unpacks rows as libtiff gives them, in the machine's byte order.
///
/// \param raster  [height, ceil(width * num_samples * bits / 8)]
StoredImage unpack_tiff(const TiffKind& kind, int width, int height,
                        const std::vector<uint8_t>& raster);

/// Turns a picture as its orientation tag (1 to 8) asks.
StoredImage turned(const StoredImage& image, int orientation);

}  // namespace mono::model::files
