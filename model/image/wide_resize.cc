#include "model/image/wide_resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/adapter.h"
#include "model/image/resample.h"

namespace mono::model {
namespace {

double rounded_half_away(double sum) {
  return sum >= 0.0 ? std::floor(sum + 0.5) : -std::floor(std::abs(sum) + 0.5);
}

template <typename T>
T rounded(double sum) {
  return static_cast<T>(sum);
}

template <>
int32_t rounded<int32_t>(double sum) {
  return static_cast<int32_t>(std::clamp(rounded_half_away(sum), -2147483648.0, 2147483647.0));
}

/// Pillow clips the two bytes one by one: above 65535 the low byte stays what it is.
template <>
uint16_t rounded<uint16_t>(double sum) {
  const int whole = static_cast<int>(rounded_half_away(sum));
  const int low = std::clamp(whole % 256, 0, 255);
  const int high = std::clamp(whole >> 8, 0, 255);
  return static_cast<uint16_t>(high << 8 | low);
}

/// Resizes one axis of samples laid out as [num_lines, in_size] with any strides.
template <typename T>
struct Line {
  const T* in = nullptr;
  T* out = nullptr;
  size_t in_step = 1;
  size_t out_step = 1;
};

template <typename T>
void resize_lines(Line<T> line, size_t num_lines, size_t in_line, size_t out_line, int in_size,
                  int out_size, Filter filter) {
  std::vector<double> weights;
  for (int x = 0; x < out_size; ++x) {
    const auto taps = resampling::real_weights(in_size, out_size, filter, x, weights);
    for (size_t i = 0; i < num_lines; ++i) {
      const T* const in = line.in + i * in_line + taps.first * line.in_step;
      double sum = 0.0;
      for (int k = 0; k < taps.count; ++k) sum += in[k * line.in_step] * weights[k];
      line.out[i * out_line + x * line.out_step] = rounded<T>(sum);
    }
  }
}

template <typename T>
StoredImage resized(const StoredImage& image, int width, int height, Filter filter) {
  const size_t in_width = image.width;
  std::vector<T> rows(in_width * image.height);
  std::memcpy(rows.data(), image.samples.data(), rows.size() * sizeof(T));
  if (width != image.width) {
    std::vector<T> wide(static_cast<size_t>(width) * image.height);
    resize_lines<T>({rows.data(), wide.data(), 1, 1}, image.height, in_width, width, image.width,
                    width, filter);
    rows = std::move(wide);
  }
  if (height != image.height) {
    const size_t step = width;
    std::vector<T> tall(step * height);
    resize_lines<T>({rows.data(), tall.data(), step, step}, step, 1, 1, image.height, height,
                    filter);
    rows = std::move(tall);
  }
  StoredImage out{image.mode, width, height, std::vector<uint8_t>(rows.size() * sizeof(T))};
  std::memcpy(out.samples.data(), rows.data(), out.samples.size());
  return out;
}

}  // namespace

StoredImage resize_wide(const StoredImage& image, int width, int height, Filter filter) {
  switch (image.mode) {
    case StoredMode::kGray16:
      return resized<uint16_t>(image, width, height, filter);
    case StoredMode::kInt32:
      return resized<int32_t>(image, width, height, filter);
    case StoredMode::kFloat32:
      return resized<float>(image, width, height, filter);
    default:
      fail("resize: mode ", mode_name(image.mode), " is none of I;16, I, F");
  }
}

}  // namespace mono::model
