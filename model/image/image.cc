#include "model/image/image.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "model/adapter.h"

namespace mono::model {
namespace {

uint8_t clip_to_byte(int value) {
  return static_cast<uint8_t>(std::clamp(value, 0, 255));
}

void cmyk_to_rgb(const uint8_t* cmyk, uint8_t* rgb) {
  const int without_black = 255 - cmyk[3];
  for (int channel = 0; channel < 3; ++channel) {
    const int product = cmyk[channel] * without_black + 128;
    rgb[channel] = clip_to_byte(without_black - (((product >> 8) + product) >> 8));
  }
}

template <typename T>
void clipped_gray(const uint8_t* sample, uint8_t* rgb) {
  T value{};
  std::memcpy(&value, sample, sizeof(value));
  uint8_t gray = 0;  // stays for a NaN too
  if (value >= T{255}) {
    gray = 255;
  } else if (value > T{0}) {
    gray = static_cast<uint8_t>(value);
  }
  std::fill_n(rgb, 3, gray);
}

using PixelToRgb = void (*)(const uint8_t*, uint8_t*);

PixelToRgb converter(StoredMode mode) {
  switch (mode) {
    case StoredMode::kCmyk:
      return cmyk_to_rgb;
    case StoredMode::kGray16:
      return clipped_gray<uint16_t>;
    case StoredMode::kInt32:
      return clipped_gray<int32_t>;
    case StoredMode::kFloat32:
      return clipped_gray<float>;
    case StoredMode::kGrayAlpha:
    case StoredMode::kRgba:
      return [](const uint8_t* rgba, uint8_t* rgb) { std::copy_n(rgba, 3, rgb); };
    default:
      fail("to_rgb: no conversion from mode ", mode_name(mode));
  }
}

}  // namespace

int bytes_per_pixel(StoredMode mode) {
  switch (mode) {
    case StoredMode::kGray16:
      return 2;
    case StoredMode::kGrayAlpha:
    case StoredMode::kRgba:
    case StoredMode::kCmyk:
    case StoredMode::kInt32:
    case StoredMode::kFloat32:
    case StoredMode::kLab:
      return 4;
    default:
      return 3;
  }
}

const char* mode_name(StoredMode mode) {
  switch (mode) {
    case StoredMode::kBilevel:
      return "1";
    case StoredMode::kPalette:
      return "P";
    case StoredMode::kPaletteAlpha:
      return "PA";
    case StoredMode::kGray:
      return "L";
    case StoredMode::kGrayAlpha:
      return "LA";
    case StoredMode::kRgb:
      return "RGB";
    case StoredMode::kRgba:
      return "RGBA";
    case StoredMode::kCmyk:
      return "CMYK";
    case StoredMode::kGray16:
      return "I;16";
    case StoredMode::kInt32:
      return "I";
    case StoredMode::kFloat32:
      return "F";
    case StoredMode::kLab:
      return "LAB";
  }
  return "unknown";
}

RgbImage to_rgb(const StoredImage& image) {
  const int step = bytes_per_pixel(image.mode);
  if (step == 3) return {image.width, image.height, image.samples};

  const PixelToRgb convert = converter(image.mode);
  const size_t num_pixels = static_cast<size_t>(image.width) * image.height;
  RgbImage rgb{image.width, image.height, std::vector<uint8_t>(num_pixels * 3)};
  for (size_t i = 0; i < num_pixels; ++i) {
    convert(image.samples.data() + i * step, rgb.pixels.data() + i * 3);
  }
  return rgb;
}

RgbImage to_rgb(StoredImage&& image) {
  if (bytes_per_pixel(image.mode) == 3) {
    return {image.width, image.height, std::move(image.samples)};
  }
  return to_rgb(std::as_const(image));
}

}  // namespace mono::model
