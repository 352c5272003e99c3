#pragma once

#include <cstdint>

/// Weighted sums of bf16 rows on the CPU, free of Torch: the second half of attention.
namespace mono::kernels {

/// Rows of sums that share the values they mix.
inline constexpr int64_t kMixRows = 2;

/// values: rows of `width` bf16 values, `value_distance` elements apart. weights: [num_rows,
/// num_values], one row `weight_distance` behind the other.
struct RowMix {
  const uint16_t* values = nullptr;
  const float* weights = nullptr;
  int64_t num_values = 0;
  int64_t num_rows = 0;  // 1 .. kMixRows
  int64_t width = 0;
  int64_t value_distance = 0;
  int64_t weight_distance = 0;

  /// sums[r * width + d] = sum over n of weights[r, n] * values[n, d].
  using Function = void (*)(const RowMix& mix, float* sums);
};

/// Every path computes the same bits: fused multiply-adds in the order of n, beginning at 0.
void row_mix_scalar(const RowMix& mix, float* sums);
void row_mix_avx2(const RowMix& mix, float* sums);
void row_mix_avx512(const RowMix& mix, float* sums);

/// The fastest path this processor has.
RowMix::Function row_mix();

}  // namespace mono::kernels
