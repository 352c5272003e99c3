#pragma once

#include "kernels/cuda/decode_split.cuh"
#include "kernels/decode_attention_launch.h"

/// What becomes of the splits of decode_attention.cu.
namespace mono::kernels {

template <typename T>
__device__ int num_used_splits(const DecodeAttentionArguments<T>& a, int row) {
  return (a.length[row] + kKeys - 1) / kKeys;
}

/// One value of a head from the row's splits in their order, kAtOnce under way at a time. They are
/// read past the multiprocessor's own cache.
/// \param head  its number among those of all rows
template <typename T>
__device__ void combine(const DecodeAttentionArguments<T>& a, int row, int64_t head, int d) {
  constexpr int kAtOnce = 16;
  const int64_t num_splits = (a.max_length + kKeys - 1) / kKeys;
  const int used = num_used_splits(a, row);
  const float* const scales = a.scales + head * num_splits * 2;
  const float* const sums = a.sums + head * num_splits * a.head_dim;

  float largest = -INFINITY;
  float sum = 0;
  float total = 0;
  for (int base = 0; base < used; base += kAtOnce) {
    float2 scale[kAtOnce];  // the largest score, the sum of exp
    float part[kAtOnce];
    float reached = largest;
#pragma unroll
    for (int u = 0; u < kAtOnce; ++u) {
      const bool is_there = base + u < used;
      const int split = is_there ? base + u : base;
      scale[u] = __ldcg(reinterpret_cast<const float2*>(scales + 2 * split));
      part[u] = __ldcg(sums + split * a.head_dim + d);
      if (!is_there) scale[u].x = -INFINITY;
    }
#pragma unroll
    for (int u = 0; u < kAtOnce; ++u) reached = fmaxf(reached, scale[u].x);
    const float kept = expf(largest - reached);
    sum *= kept;
    total *= kept;
    largest = reached;
#pragma unroll
    for (int u = 0; u < kAtOnce; ++u) {
      const float factor = expf(scale[u].x - largest);
      total += factor * scale[u].y;
      sum += factor * part[u];
    }
  }
  a.out[head * a.head_dim + d] = static_cast<T>(used == 0 ? 0.0F : sum / total);
}

/// What the heads of a kv head's group are in a row without keys; by the whole block.
template <typename T>
__device__ void write_zeros(const DecodeAttentionArguments<T>& a, int row, int kv_head) {
  const int64_t first = (int64_t{row} * a.num_kv_heads + kv_head) * a.group * a.head_dim;
  for (int i = static_cast<int>(threadIdx.x); i < a.group * a.head_dim; i += kThreads) {
    a.out[first + i] = static_cast<T>(0.0F);
  }
}

}  // namespace mono::kernels
