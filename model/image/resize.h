#pragma once

#include <vector>

#include "model/image/image.h"

namespace mono::model {

enum class Filter { kNearest, kBilinear, kBicubic };

/// Which implementation of the resampling passes runs; all give the same bits.
enum class Instructions { kScalar, kAvx2, kAvx512 };

/// What this processor can run, slowest first; never empty.
std::vector<Instructions> available_instructions();

/// `Image.resize((width, height), filter)` of Pillow 11.3: for kBilinear and kBicubic two passes,
/// horizontal first, weights of 22 fractional bits, the result between them rounded to uint8.
///
/// \param width, height  Size of the result, at least 1.
/// \throws SetupError if a size is below 1.
/// Formula: python-pillow/Pillow@11.3.0 src/libImaging/Resample.c.
RgbImage resize(const RgbImage& image, int width, int height, Filter filter);

/// The same with a chosen implementation; the one of `available_instructions()` is the caller's
/// duty.
RgbImage resize(const RgbImage& image, int width, int height, Filter filter,
                Instructions instructions);

/// The same in the file's own mode: NEAREST whatever the filter for one-bit and palette pictures,
/// premultiplied alpha for RGBA and gray with alpha, CMYK and 16-bit gray as they are. A palette
/// with alpha turns black, since Pillow 11.3 loses its palette there.
StoredImage resize(const StoredImage& image, int width, int height, Filter filter);

}  // namespace mono::model
