#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "kernels/rotary_append_launch.h"

namespace mono::kernels {

/// See decode_attention.h. T is float or __nv_bfloat16; everything dense.
template <typename T>
struct DecodeAttentionArguments {
  const T* q = nullptr;           // [num_rows, num_kv_heads * group, head_dim]; or `append`
  const T* keys = nullptr;        // [num_slots, capacity, num_kv_heads, head_dim]
  const T* values = nullptr;      // likewise
  const int32_t* slot = nullptr;  // [num_rows]
  const int32_t* length = nullptr;
  float* sums = nullptr;  // [num_rows, num_heads, num_splits, head_dim], of exp(score - largest) v
  float* scales = nullptr;      // [num_rows, num_heads, num_splits, 2]: largest score, sum of exp
  int32_t* arrivals = nullptr;  // [num_rows, num_kv_heads]: splits that have come; 0 between calls
  T* out = nullptr;             // [num_rows, num_heads * head_dim]
  int64_t capacity = 0;
  int64_t max_length = 0;
  int num_rows = 0;  // 1 .. 65535
  int num_kv_heads = 0;
  int group = 0;     // 1 .. 8
  int head_dim = 0;  // at most 128, whole 16 bytes
  /// Where queries and the newest keys and values come from if q is null; what it has in common
  /// with the above must be the same; `out` is not used, a row's position is its length - 1. Halves
  /// of heads are whole 16 bytes too.
  RotaryAppendArguments<T> append{};
};

/// Starts a kernel, or where there are many splits two, on `stream`; the caller reads
/// cudaGetLastError().
/// \returns false, and starts nothing, for heads or groups outside the above or unaligned tensors.
template <typename T>
bool launch_decode_attention(const DecodeAttentionArguments<T>& arguments, cudaStream_t stream);

}  // namespace mono::kernels
