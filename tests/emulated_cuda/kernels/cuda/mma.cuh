#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <cstring>

/// Found before the real one where kernels run on the host: the same product from what the lanes of
/// the warp give.
namespace mono::kernels {

namespace emulated_mma {

inline float low_half(uint32_t pair) {
  return std::bit_cast<float>(pair << 16);
}
inline float high_half(uint32_t pair) {
  return std::bit_cast<float>(pair & 0xffff0000U);
}

/// pairs[lane][i] of the whole warp.
template <int kCount>
void gather(const uint32_t (&mine)[kCount], uint32_t (&pairs)[32][kCount]) {
  for (int i = 0; i < kCount; ++i) {
    const uint64_t* const given = emulated_cuda::exchange(mine[i]);
    for (int lane = 0; lane < 32; ++lane) pairs[lane][i] = static_cast<uint32_t>(given[lane]);
    emulated_cuda::end_exchange();
  }
}

}  // namespace emulated_mma

inline void multiply_accumulate(const uint32_t (&a)[4], const uint32_t (&b)[2], float (&sums)[4]) {
  uint32_t all_a[32][4];
  uint32_t all_b[32][2];
  emulated_mma::gather(a, all_a);
  emulated_mma::gather(b, all_b);
  const int lane = static_cast<int>(threadIdx.x) % 32;
  for (int i = 0; i < 4; ++i) {
    const int row = lane / 4;  // or 8 below it, from the registers behind
    const int column = lane % 4 * 2 + i % 2;
    for (int t = 0; t < 4; ++t) {
      for (int half = 0; half < 2; ++half) {
        const uint32_t x = all_a[row * 4 + t][half * 2 + i / 2];
        const uint32_t y = all_b[column * 4 + t][half];
        sums[i] += emulated_mma::low_half(x) * emulated_mma::low_half(y);
        sums[i] += emulated_mma::high_half(x) * emulated_mma::high_half(y);
      }
    }
  }
}

}  // namespace mono::kernels
