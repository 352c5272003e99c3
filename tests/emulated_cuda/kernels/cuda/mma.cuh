#pragma once

#include <cuda_runtime.h>

#include <bit>
#include <cstdint>

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

/// What a lane gives.
struct Operands {
  const uint32_t (&a)[4];
  const uint32_t (&b)[2];
};

}  // namespace emulated_mma

inline void multiply_accumulate(const uint32_t (&a)[4], const uint32_t (&b)[2], float (&sums)[4]) {
  const emulated_mma::Operands mine{a, b};
  const uint64_t* const given = emulated_cuda::exchange(std::bit_cast<uint64_t>(&mine));
  const auto of_lane = [&](int lane) -> const emulated_mma::Operands& {
    return *std::bit_cast<const emulated_mma::Operands*>(given[lane]);
  };
  const int lane = static_cast<int>(threadIdx.x) % 32;
  for (int i = 0; i < 4; ++i) {
    const int row = lane / 4;  // or 8 below it, from the registers behind
    const int column = lane % 4 * 2 + i % 2;
    for (int t = 0; t < 4; ++t) {
      for (int half = 0; half < 2; ++half) {
        const uint32_t x = of_lane(row * 4 + t).a[half * 2 + i / 2];
        const uint32_t y = of_lane(column * 4 + t).b[half];
        sums[i] += emulated_mma::low_half(x) * emulated_mma::low_half(y);
        sums[i] += emulated_mma::high_half(x) * emulated_mma::high_half(y);
      }
    }
  }
  emulated_cuda::end_exchange();
}

}  // namespace mono::kernels
