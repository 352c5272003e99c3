#pragma once

#include <cstdint>

/// Dot products of a few fp32 rows with bf16 weight rows on the CPU, free of Torch.
namespace mono::kernels {

/// Partial sums of one dot product.
inline constexpr int64_t kDotLanes = 32;

/// Rows of x, and rows of the weight, of one call.
inline constexpr int64_t kDotRows = 2;
inline constexpr int64_t kDotWeights = 8;

/// The place of element k in a row of x: of each kDotLanes elements, the even ones stand first. A
/// bf16 pair in a 32-bit word is then two floats without a shuffle.
constexpr int64_t dot_place(int64_t k) {
  return k / kDotLanes * kDotLanes + k % 2 * (kDotLanes / 2) + k % kDotLanes / 2;
}

/// The length of a row of x whose dot products are of `length` elements.
constexpr int64_t dot_width(int64_t length) {
  return (length + kDotLanes - 1) / kDotLanes * kDotLanes;
}

/// Writes bf16 elements [length] as a row of x, [dot_width(length)], each times `scale`.
void widen_for_dots(const uint16_t* elements, int64_t length, float scale, float* row);

/// x: rows of `width` floats in the order of `dot_place`, a multiple of kDotLanes, zero where there
/// is no element. weight: rows of `length` bf16 values, `weight_distance` apart.
struct RowDots {
  const float* x = nullptr;  // [num_rows, width]
  const uint16_t* weight = nullptr;
  int64_t num_rows = 0;  // 1 .. kDotRows
  int64_t length = 0;    // of a dot product; width - kDotLanes < length <= width
  int64_t width = 0;
  int64_t weight_distance = 0;  // elements

  /// sums[i * num_rows + r] = x[r] . weight[first + i], for i < count <= kDotWeights.
  using Function = void (*)(const RowDots& dots, int64_t first, int64_t count, float* sums);
};

/// Every path computes the same bits: kDotLanes sums of fused multiply-adds in the order of k, one
/// for each place modulo kDotLanes, then sum i + sum i + 16, i + 8, ... down to one.
void row_dots_scalar(const RowDots& dots, int64_t first, int64_t count, float* sums);
void row_dots_avx2(const RowDots& dots, int64_t first, int64_t count, float* sums);
void row_dots_avx512(const RowDots& dots, int64_t first, int64_t count, float* sums);

/// The fastest path this processor has.
RowDots::Function row_dots();

}  // namespace mono::kernels
