#pragma once

#include "model/image/image.h"
#include "model/image/resize.h"

namespace mono::model {

/// `Image.resize` of Pillow 11.3 for I;16, I and F: two passes, horizontal first, weights and sums
/// in double, each result rounded half away from zero (I;16, its two bytes then clipped one by one;
/// I) or to float (F).
/// \throws SetupError for another mode.
/// Formula: python-pillow/Pillow@11.3.0 src/libImaging/Resample.c, the 16bpc and 32bpc passes.
StoredImage resize_wide(const StoredImage& image, int width, int height, Filter filter);

}  // namespace mono::model
