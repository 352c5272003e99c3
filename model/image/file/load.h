#pragma once

#include <string>
#include <vector>

#include "model/adapter.h"
#include "model/image/image.h"

namespace mono::model {

/// Reads and decodes a picture and prepares it as `input` asks: JPEG round trip, conversion to RGB
/// unless the stored mode is kept, doubling.
/// \returns mode kRgb unless input.keeps_stored_mode
/// \throws SetupError if it cannot be read, decoded or written as JPEG, or does not fit in memory.
StoredImage load_image(const ImageInput& input);

/// What Pillow's `Image.save(name + ".jpg")` writes with its defaults: quality 75, 4:2:0. RGBA and
/// palette pictures are converted to RGB first, as the 2024 state of VLMEvalKit did.
/// \throws SetupError for the modes JPEG cannot hold: LA, I;16, I, F, LAB, PA.
std::vector<uint8_t> encode_jpeg(const StoredImage& image, const std::string& name);

/// The picture as it is after being written by `encode_jpeg` and read back.
StoredImage jpeg_round_trip(const StoredImage& image, const std::string& name);

}  // namespace mono::model
