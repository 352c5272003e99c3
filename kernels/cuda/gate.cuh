#pragma once

#include "kernels/cuda/pack.cuh"

namespace mono::kernels {

/// silu(gate) * up, not yet rounded; silu is rounded to T unless fast.
template <typename T>
__device__ float gated(float gate, float up, bool is_fast) {
  const float silu = gate / (1.0F + expf(-gate));
  return up * (is_fast ? silu : rounded<T>(silu));
}

}  // namespace mono::kernels
