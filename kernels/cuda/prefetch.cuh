#pragma once

#include <cuda_runtime.h>

namespace mono::kernels {

/// Asks the second level cache for what lies at an address. Nothing is read, so what an earlier
/// kernel still writes there is seen all the same.
__device__ inline void ask_for(const void* address) {
  asm volatile("prefetch.global.L2 [%0];" ::"l"(__cvta_generic_to_global(address)));
}

}  // namespace mono::kernels
