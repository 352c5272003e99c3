#pragma once

#include <tiffio.h>

#include <cstdint>
#include <optional>
#include <span>

#include "model/image/file/tiff_unpack.h"

namespace mono::model::files {

/// The value of a tag, its default in libtiff, or `otherwise`.
template <typename T>
T tiff_tag(TIFF* tiff, uint32_t id, T otherwise) {
  T value{};
  return TIFFGetFieldDefaulted(tiff, id, &value) == 1 ? value : otherwise;
}

/// The tags that decide how a picture is stored.
struct TiffTags {
  uint32_t width = 0;
  uint32_t height = 0;
  uint16_t photometric = 0;
  uint16_t bits = 1;
  uint16_t num_samples = 1;
  uint16_t format = 1;
  uint16_t planar = 1;
  uint16_t compression = 1;
  uint16_t fill_order = 1;
  uint16_t orientation = 1;
  int num_extra = 0;
  int first_extra = 0;
  bool is_big_endian = false;
};

TiffTags read_tiff_tags(TIFF* tiff, std::span<const uint8_t> bytes);

/// The kind of picture, or nothing where it is not supported. The kinds are those of
/// python-pillow/Pillow@11.3.0 src/PIL/TiffImagePlugin.py, OPEN_INFO, without LAB, old JPEG and
/// YCbCr other than JPEG.
std::optional<TiffKind> tiff_kind(TIFF* tiff, const TiffTags& tags);

}  // namespace mono::model::files
