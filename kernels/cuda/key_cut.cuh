#pragma once

#include "kernels/cuda/token_row.cuh"

/// Selecting by value without sorting, by a block of kTokenThreads.
namespace mono::kernels {

__device__ inline unsigned lane_of_thread() {
  return threadIdx.x % kWarpSize;
}

/// Orders floats as unsigned integers; both zeros are one.
__device__ inline unsigned key_of(float value) {
  const unsigned bits = __float_as_uint(value + 0.0F);
  return (bits & 0x80000000U) != 0 ? ~bits : bits | 0x80000000U;
}

struct Cut {
  unsigned key = 0;
  uint64_t below = 0;  // the amount of all smaller keys
};

inline constexpr unsigned kDigits = 256;
inline constexpr unsigned kHistograms = 8;  // one for some warps each: fewer threads meet in a bin
inline constexpr unsigned kDigitsPerLane = kDigits / kWarpSize;

/// Amounts by digit.
using Histograms = unsigned long long[kHistograms][kDigits];

/// Appends to `cut` the digit at which the amounts come to more than `limit`; by one warp.
/// \param amounts  [kDigits]
__device__ inline void append_digit(const unsigned long long* amounts, uint64_t limit, int shift,
                                    Cut& cut) {
  const unsigned first = lane_of_thread() * kDigitsPerLane;
  uint64_t up_to = 0;  // and with this lane's digits
  for (unsigned i = 0; i < kDigitsPerLane; ++i) up_to += amounts[first + i];
  const uint64_t own = up_to;
  for (unsigned distance = 1; distance < kWarpSize; distance *= 2) {
    const uint64_t left = __shfl_up_sync(kWholeWarp, up_to, distance);
    if (lane_of_thread() >= distance) up_to += left;
  }
  uint64_t below = cut.below + up_to - own;
  const bool holds_it = below <= limit && below + own > limit;
  __syncwarp();  // cut.below was read
  if (!holds_it) return;
  unsigned digit = first;
  while (below + amounts[digit] <= limit) below += amounts[digit++];
  cut.key |= digit << shift;
  cut.below = below;
}

/// The smallest key v for which the amounts of all keys up to v come to more than `limit`, which is
/// less than all amounts together. Integers, so in any order.
/// \param amount_of  amount_of(i): what entry i counts.
template <typename Amount>
__device__ Cut find_cut(const float* x, int size, uint64_t limit, const Amount& amount_of) {
  __shared__ Histograms amounts;
  __shared__ Cut cut;
  if (threadIdx.x == 0) {
    cut.key = 0;
    cut.below = 0;
  }
  for (int shift = 24; shift >= 0; shift -= 8) {
    for (unsigned i = threadIdx.x; i < kHistograms * kDigits; i += kTokenThreads) {
      amounts[i / kDigits][i % kDigits] = 0;
    }
    __syncthreads();
    const unsigned prefix = cut.key;
    const unsigned histogram = threadIdx.x / kWarpSize % kHistograms;
    for (int i = static_cast<int>(threadIdx.x); i < size; i += kTokenThreads) {
      const unsigned key = key_of(x[i]);
      if ((uint64_t{key} ^ prefix) >> (shift + 8) != 0) continue;
      const unsigned long long amount = amount_of(i);
      if (amount > 0) atomicAdd(&amounts[histogram][key >> shift & 0xffU], amount);
    }
    __syncthreads();
    if (threadIdx.x < kDigits) {
      for (unsigned i = 1; i < kHistograms; ++i) amounts[0][threadIdx.x] += amounts[i][threadIdx.x];
    }
    __syncthreads();
    if (threadIdx.x < kWarpSize) append_digit(amounts[0], limit, shift, cut);
    __syncthreads();
  }
  const Cut found = cut;
  __syncthreads();  // cut is used again
  return found;
}

}  // namespace mono::kernels
