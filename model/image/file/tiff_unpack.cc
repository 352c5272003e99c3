#include "model/image/file/tiff_unpack.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

namespace mono::model::files {
namespace {

/// Samples of one row, most significant bits first; 16 bits are cut to their high byte.
class Row {
 public:
  Row(const uint8_t* bytes, int bits) : bytes_(bytes), bits_(bits) {}

  uint8_t byte(size_t sample) const {
    if (bits_ == 8) return bytes_[sample];
    if (bits_ == 16) return static_cast<uint8_t>(word(sample) >> 8);
    const size_t bit = sample * bits_;
    const int shift = 8 - bits_ - static_cast<int>(bit % 8);
    return static_cast<uint8_t>(bytes_[bit / 8] >> shift & ((1 << bits_) - 1));
  }

  uint16_t word(size_t sample) const {
    if (bits_ == 12) {
      const uint8_t* const two = bytes_ + sample / 2 * 3;
      return static_cast<uint16_t>(sample % 2 == 0 ? two[0] << 4 | two[1] >> 4
                                                   : (two[1] & 15) << 8 | two[2]);
    }
    uint16_t value = 0;
    std::memcpy(&value, bytes_ + 2 * sample, sizeof(value));
    return value;
  }

  const uint8_t* bytes() const { return bytes_; }

 private:
  const uint8_t* bytes_ = nullptr;
  int bits_ = 8;
};

template <typename T>
void put(uint8_t* to, T value) {
  std::memcpy(to, &value, sizeof(value));
}

uint8_t divided(int channel, int alpha) {
  if (alpha == 0) return 0;
  return static_cast<uint8_t>(std::min(255, channel * 255 / alpha));
}

void unpack_colours(const TiffKind& kind, const Row& row, size_t first, uint8_t* to) {
  const int used = bytes_per_pixel(kind.mode);
  for (int k = 0; k < used; ++k) to[k] = row.byte(first + k);
  if (kind.is_premultiplied) {
    for (int k = 0; k < 3; ++k) to[k] = divided(to[k], to[3]);
  }
}

void unpack_pixel(const TiffKind& kind, const Row& row, size_t x, uint8_t* to) {
  const size_t first = x * kind.num_samples;
  switch (kind.mode) {
    case StoredMode::kBilevel:
    case StoredMode::kGray:
    case StoredMode::kGrayAlpha: {
      const int highest = (1 << std::min(kind.bits, 8)) - 1;
      const int value = row.byte(first) * 255 / highest;
      std::fill_n(to, 3, static_cast<uint8_t>(kind.is_inverted ? 255 - value : value));
      if (kind.mode == StoredMode::kGrayAlpha) to[3] = row.byte(first + 1);
      return;
    }
    case StoredMode::kPalette:
    case StoredMode::kPaletteAlpha:
      std::copy_n(kind.palette.begin() + 3 * row.byte(first), 3, to);
      return;
    case StoredMode::kGray16:
      return put(to, row.word(x));
    case StoredMode::kInt32:
      if (kind.bits == 16) return put<int32_t>(to, static_cast<int16_t>(row.word(x)));
      std::memcpy(to, row.bytes() + 4 * x, 4);
      return;
    case StoredMode::kFloat32:
      std::memcpy(to, row.bytes() + 4 * x, 4);
      return;
    default:
      return unpack_colours(kind, row, first, to);
  }
}

}  // namespace

StoredImage unpack_tiff(const TiffKind& kind, int width, int height,
                        const std::vector<uint8_t>& raster) {
  const size_t step = bytes_per_pixel(kind.mode);
  const size_t stride = (static_cast<size_t>(width) * kind.num_samples * kind.bits + 7) / 8;
  StoredImage image{kind.mode, width, height, {}};
  image.samples.resize(step * width * height);
  uint8_t* to = image.samples.data();
  for (int y = 0; y < height; ++y) {
    const Row row(raster.data() + y * stride, kind.bits);
    for (int x = 0; x < width; ++x, to += step) unpack_pixel(kind, row, x, to);
  }
  return image;
}

StoredImage turned(const StoredImage& image, int orientation) {
  if (orientation < 2 || orientation > 8) return image;
  const bool is_transposed = orientation >= 5;
  const bool flips_x = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool flips_y = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  StoredImage out{image.mode,
                  is_transposed ? image.height : image.width,
                  is_transposed ? image.width : image.height,
                  {}};
  const size_t step = bytes_per_pixel(image.mode);
  out.samples.resize(image.samples.size());
  uint8_t* to = out.samples.data();
  for (int y = 0; y < out.height; ++y) {
    for (int x = 0; x < out.width; ++x) {
      const int along = is_transposed ? y : x;
      const int down = is_transposed ? x : y;
      const int from_x = flips_x ? image.width - 1 - along : along;
      const int from_y = flips_y ? image.height - 1 - down : down;
      const size_t at = (static_cast<size_t>(from_y) * image.width + from_x) * step;
      to = std::copy_n(image.samples.data() + at, step, to);
    }
  }
  return out;
}

}  // namespace mono::model::files
