#pragma once

#include "kernels/cuda/launch.cuh"

namespace mono::kernels {

/// Whether the block is the last of `count` that come here; it can then read what every one of them
/// wrote before, past the cache of its own multiprocessor (`__ldcg`). Called by one thread of each
/// block, behind a barrier of those that wrote and before one of those that read.
/// \param arrivals  0 before the first block comes, and again after the last
__device__ inline bool arrives_last(int32_t* arrivals, unsigned count) {
  __threadfence();
  const unsigned before = atomicInc(reinterpret_cast<unsigned*>(arrivals), count - 1);
  __threadfence();
  return before == count - 1;
}

}  // namespace mono::kernels
