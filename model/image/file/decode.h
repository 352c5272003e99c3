#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "model/image/image.h"

namespace mono::model {

/// Decodes a JPEG, PNG, GIF, WebP, BMP or TIFF file to the bytes Pillow 11.3 gives, or refuses it.
///
/// The first frame counts. EXIF orientation is ignored, except in TIFF, where Pillow turns the
/// picture too.
///
/// \param name        For messages: what the file is called.
/// \param max_pixels  A picture whose header promises more is refused before memory is taken.
/// \throws SetupError if the file is damaged, cut short, too large or of a kind not supported; the
///   message names the file and its format.
StoredImage decode_image(std::span<const uint8_t> bytes, const std::string& name,
                         int64_t max_pixels);

}  // namespace mono::model
