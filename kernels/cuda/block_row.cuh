#pragma once

#include <type_traits>

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/pack.cuh"

/// One block, one row, held in registers: what the norms share.
namespace mono::kernels {

inline constexpr int kMaxRowThreads = 512;

/// The sum over the block, in every thread. The order of additions depends on nothing but the
/// number of threads, so a row's result does not depend on its neighbours.
__device__ inline float block_sum(float value) {
  __shared__ float warp_sums[kMaxRowThreads / kWarpSize];
  for (int distance = kWarpSize / 2; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(kWholeWarp, value, distance);
  }
  __syncthreads();  // an earlier sum may still be read
  if (threadIdx.x % kWarpSize == 0) warp_sums[threadIdx.x / kWarpSize] = value;
  __syncthreads();
  float sum = 0;
  for (unsigned warp = 0; warp < blockDim.x / kWarpSize; ++warp) sum += warp_sums[warp];
  return sum;
}

/// Where the thread's pack p begins in the row.
template <int kWidth>
__device__ int64_t pack_begin(int p) {
  return (static_cast<int64_t>(p) * blockDim.x + threadIdx.x) * kWidth;
}

/// The widest row of T a block holds: with packs, and without.
template <typename T>
constexpr int64_t max_row_width(bool has_packs) {
  constexpr int kMostPacks = 8;
  return int64_t{kMaxRowThreads} * kMostPacks * (has_packs ? kPackWidth<T> : 1);
}

/// Calls start(width, packs, threads) with elements an access, accesses a thread (both as
/// std::integral_constant) and threads a block for rows of `width` elements.
template <typename T, typename Start>
void with_row_shape(int64_t width, bool has_packs, const Start& start) {
  const auto threads_for = [&](int64_t elements_per_thread) {
    return ceil_div(ceil_div(width, elements_per_thread), kWarpSize) * kWarpSize;
  };
  const auto go = [&](auto elements, auto packs) {
    start(elements, packs, threads_for(elements() * packs()));
  };
  using Wide = std::integral_constant<int, kPackWidth<T>>;
  if (!has_packs) {
    go(std::integral_constant<int, 1>{}, std::integral_constant<int, 8>{});
  } else if (threads_for(Wide{}) <= kMaxRowThreads) {
    go(Wide{}, std::integral_constant<int, 1>{});
  } else if (threads_for(Wide{} * 2) <= kMaxRowThreads) {
    go(Wide{}, std::integral_constant<int, 2>{});
  } else {
    go(Wide{}, std::integral_constant<int, 8>{});
  }
}

}  // namespace mono::kernels
