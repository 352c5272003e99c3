#include "model/image/resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/adapter.h"
#include "model/image/resample.h"
#include "model/image/wide_resize.h"

namespace mono::model {
namespace {

void check_sizes(int in_width, int in_height, int width, int height) {
  if (in_width < 1 || in_height < 1 || width < 1 || height < 1) {
    fail("resize: sizes must be at least 1, got ", in_width, "x", in_height, " to ", width, "x",
         height);
  }
}

/// Input index of each output index; the positions are summed up as Pillow sums them.
/// Formula: python-pillow/Pillow@11.3.0 src/libImaging/Geometry.c, ImagingScaleAffine.
std::vector<int> nearest_indices(int in_size, int out_size) {
  const double scale = static_cast<double>(in_size) / out_size;
  std::vector<int> indices(out_size);
  double position = scale * 0.5;
  for (int& index : indices) {
    index = std::min(static_cast<int>(position), in_size - 1);
    position += scale;
  }
  return indices;
}

std::vector<uint8_t> resize_nearest(const std::vector<uint8_t>& in, int in_width, int in_height,
                                    int pixel_bytes, int width, int height) {
  const auto columns = nearest_indices(in_width, width);
  const auto rows = nearest_indices(in_height, height);
  std::vector<uint8_t> out(static_cast<size_t>(width) * height * pixel_bytes);
  uint8_t* to = out.data();
  for (const int y : rows) {
    const uint8_t* const row = in.data() + static_cast<size_t>(y) * in_width * pixel_bytes;
    for (const int x : columns) {
      to = std::copy_n(row + static_cast<size_t>(x) * pixel_bytes, pixel_bytes, to);
    }
  }
  return out;
}

std::vector<uint8_t> resize_bytes(const std::vector<uint8_t>& in, int in_width, int in_height,
                                  int channels, int width, int height, Filter filter,
                                  const resampling::Passes& passes) {
  check_sizes(in_width, in_height, width, height);
  if (in_width == width && in_height == height) return in;
  if (filter == Filter::kNearest) {
    return resize_nearest(in, in_width, in_height, channels, width, height);
  }
  std::vector<uint8_t> out(static_cast<size_t>(width) * height * channels);
  const resampling::Job job{.in = in.data(),
                            .in_width = in_width,
                            .in_height = in_height,
                            .channels = channels,
                            .out_width = width,
                            .out_height = height,
                            .filter = filter,
                            .tile_width = width,
                            .tile_height = height};
  resampling::resample(job, passes, out.data());
  return out;
}

/// c * a / 255, rounded as Pillow rounds it.
uint8_t times_alpha(int channel, int alpha) {
  const int product = channel * alpha + 128;
  return static_cast<uint8_t>(((product >> 8) + product) >> 8);
}

std::vector<uint8_t> premultiplied(const std::vector<uint8_t>& rgba) {
  std::vector<uint8_t> out(rgba.size());
  for (size_t i = 0; i < rgba.size(); i += 4) {
    for (size_t k = 0; k < 3; ++k) out[i + k] = times_alpha(rgba[i + k], rgba[i + 3]);
    out[i + 3] = rgba[i + 3];
  }
  return out;
}

void divide_by_alpha(std::vector<uint8_t>& rgba) {
  for (size_t i = 0; i < rgba.size(); i += 4) {
    const int alpha = rgba[i + 3];
    if (alpha == 0 || alpha == 255) continue;
    for (size_t k = 0; k < 3; ++k) {
      rgba[i + k] = static_cast<uint8_t>(std::min(255, 255 * rgba[i + k] / alpha));
    }
  }
}

}  // namespace

std::vector<Instructions> available_instructions() {
  std::vector<Instructions> all{Instructions::kScalar};
  if (__builtin_cpu_supports("avx2")) all.push_back(Instructions::kAvx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")) {
    all.push_back(Instructions::kAvx512);
  }
  return all;
}

RgbImage resize(const RgbImage& image, int width, int height, Filter filter) {
  return {width, height,
          resize_bytes(image.pixels, image.width, image.height, 3, width, height, filter,
                       resampling::best_passes())};
}

RgbImage resize(const RgbImage& image, int width, int height, Filter filter,
                Instructions instructions) {
  return {width, height,
          resize_bytes(image.pixels, image.width, image.height, 3, width, height, filter,
                       resampling::passes(instructions))};
}

StoredImage resize(const StoredImage& image, int width, int height, Filter filter) {
  const auto bytes = [&](const std::vector<uint8_t>& samples, Filter kind) {
    return resize_bytes(samples, image.width, image.height, bytes_per_pixel(image.mode), width,
                        height, kind, resampling::best_passes());
  };
  switch (image.mode) {
    case StoredMode::kBilevel:
    case StoredMode::kPalette:
      return {image.mode, width, height, bytes(image.samples, Filter::kNearest)};
    case StoredMode::kPaletteAlpha: {
      auto samples = bytes(image.samples, Filter::kNearest);
      if (width != image.width || height != image.height) std::ranges::fill(samples, 0);
      return {image.mode, width, height, std::move(samples)};
    }
    case StoredMode::kGrayAlpha:
    case StoredMode::kRgba: {
      if (filter == Filter::kNearest || (width == image.width && height == image.height)) break;
      auto samples = bytes(premultiplied(image.samples), filter);
      divide_by_alpha(samples);
      return {image.mode, width, height, std::move(samples)};
    }
    case StoredMode::kGray16:
    case StoredMode::kInt32:
    case StoredMode::kFloat32:
      check_sizes(image.width, image.height, width, height);
      if (filter != Filter::kNearest) return resize_wide(image, width, height, filter);
      break;
    default:
      break;
  }
  return {image.mode, width, height, bytes(image.samples, filter)};
}

}  // namespace mono::model
