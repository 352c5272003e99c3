#include "kernels/row_mix.h"

#include <algorithm>

#include "kernels/bf16_bits.h"
#include "kernels/cpu_paths.h"

namespace mono::kernels {
namespace {

#define MONO_INLINE inline __attribute__((always_inline))

constexpr int64_t kColumns = 64;  // whose sums stay in registers

/// Columns [begin, begin + count) of kRows rows. The compiler makes vectors of the loops over them.
template <int kRows>
MONO_INLINE void mix_columns(const RowMix& mix, int64_t begin, int64_t count, float* sums) {
  float partial[kRows][kColumns] = {};
  for (int64_t n = 0; n < mix.num_values; ++n) {
    const uint16_t* const value = mix.values + n * mix.value_distance + begin;
    for (int row = 0; row < kRows; ++row) {
      const float weight = mix.weights[row * mix.weight_distance + n];
      for (int64_t d = 0; d < count; ++d) {
        partial[row][d] = __builtin_fmaf(weight, from_bf16(value[d]), partial[row][d]);
      }
    }
  }
  for (int row = 0; row < kRows; ++row) {
    std::copy_n(partial[row], count, sums + row * mix.width + begin);
  }
}

template <int kRows>
MONO_INLINE void mix_rows(const RowMix& mix, float* sums) {
  int64_t begin = 0;
  for (; begin + kColumns <= mix.width; begin += kColumns) {
    mix_columns<kRows>(mix, begin, kColumns, sums);
  }
  if (begin < mix.width) mix_columns<kRows>(mix, begin, mix.width - begin, sums);
}

/// One body for every instruction set.
MONO_INLINE void mix_all(const RowMix& mix, float* sums) {
  mix.num_rows == 1 ? mix_rows<1>(mix, sums) : mix_rows<kMixRows>(mix, sums);
}

}  // namespace

void row_mix_scalar(const RowMix& mix, float* sums) {
  mix_all(mix, sums);
}

__attribute__((target("avx2,fma"))) void row_mix_avx2(const RowMix& mix, float* sums) {
  mix_all(mix, sums);
}

__attribute__((target("avx512f"))) void row_mix_avx512(const RowMix& mix, float* sums) {
  mix_all(mix, sums);
}

RowMix::Function row_mix() {
  static const auto path = fastest_path(row_mix_scalar, row_mix_avx2, row_mix_avx512);
  return path;
}

}  // namespace mono::kernels
