#pragma once

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/pack.cuh"

/// Elementwise kernels over rows: block (x, y) takes row x and packs from y on.
namespace mono::kernels {

inline constexpr int kPackThreads = 256;

/// Where this thread's pack begins in its row.
template <int kWidth>
__device__ int64_t column_of_thread() {
  return (static_cast<int64_t>(blockIdx.y) * blockDim.x + threadIdx.x) * kWidth;
}

/// The grid for rows of `width` elements, kWidth a thread.
inline dim3 row_pack_grid(int64_t num_rows, int64_t width, int elements_per_thread) {
  return {static_cast<unsigned>(num_rows),
          ceil_div(width, int64_t{kPackThreads} * elements_per_thread)};
}

}  // namespace mono::kernels
