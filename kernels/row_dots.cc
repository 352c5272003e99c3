#include "kernels/row_dots.h"

#include <algorithm>
#include <cmath>

#include "kernels/bf16_bits.h"
#include "kernels/cpu_paths.h"

namespace mono::kernels {
namespace {

float sum_of(float* lanes) {
  for (int64_t half = kDotLanes / 2; half > 0; half /= 2) {
    for (int64_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

float dot(const float* x, const uint16_t* weight, int64_t length, int64_t width) {
  float lanes[kDotLanes] = {};
  for (int64_t k = 0; k < width; ++k) {
    const float value = k < length ? from_bf16(weight[k]) : 0;
    float& lane = lanes[dot_place(k) % kDotLanes];
    lane = std::fma(x[dot_place(k)], value, lane);
  }
  return sum_of(lanes);
}

}  // namespace

void widen_for_dots(const uint16_t* elements, int64_t length, float scale, float* row) {
  constexpr int64_t kHalf = kDotLanes / 2;
  const int64_t num_whole = length / kDotLanes * kDotLanes;
  for (int64_t k = 0; k < num_whole; k += kDotLanes) {
    for (int64_t i = 0; i < kHalf; ++i) {
      row[k + i] = scale * from_bf16(elements[k + 2 * i]);
      row[k + kHalf + i] = scale * from_bf16(elements[k + 2 * i + 1]);
    }
  }
  std::fill(row + num_whole, row + dot_width(length), 0.0F);
  for (int64_t k = num_whole; k < length; ++k) row[dot_place(k)] = scale * from_bf16(elements[k]);
}

void row_dots_scalar(const RowDots& dots, int64_t first, int64_t count, float* sums) {
  for (int64_t i = 0; i < count; ++i) {
    const uint16_t* const weight = dots.weight + (first + i) * dots.weight_distance;
    for (int64_t row = 0; row < dots.num_rows; ++row) {
      sums[i * dots.num_rows + row] =
          dot(dots.x + row * dots.width, weight, dots.length, dots.width);
    }
  }
}

RowDots::Function row_dots() {
  static const auto path = fastest_path(row_dots_scalar, row_dots_avx2, row_dots_avx512);
  return path;
}

}  // namespace mono::kernels
