#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace mono::kernels {

/// Heads of head_dim dense elements; distances in elements.
template <typename T>
struct HeadRows {
  const T* data = nullptr;
  const T* bias = nullptr;     // of row 0, its heads at the same distances as `bias_*`; or null
  int64_t row_distance = 0;    // between tokens
  int64_t group_distance = 0;  // between kv heads
  int64_t head_distance = 0;   // between the query heads of one kv head
  int64_t bias_group_distance = 0;
  int64_t bias_head_distance = 0;
};

/// See rotary_append.h. T is float or __nv_bfloat16.
template <typename T>
struct RotaryAppendArguments {
  HeadRows<T> q{};  // num_kv_heads groups of `group` heads
  HeadRows<T> k{};  // num_kv_heads heads
  HeadRows<T> v{};
  const T* cos = nullptr;  // [num_angles, head_dim / 2]
  const T* sin = nullptr;
  const int32_t* slot = nullptr;  // [num_tokens]; negative: not cached
  const int32_t* position = nullptr;
  const int32_t* angle = nullptr;
  const int32_t* row = nullptr;  // null: row i
  T* keys = nullptr;             // [num_slots, capacity, num_kv_heads, head_dim]
  T* values = nullptr;
  T* out = nullptr;        // [num_tokens, num_kv_heads * group, head_dim]
  int64_t num_tokens = 0;  // 1 .. 2^31 - 1
  int64_t capacity = 0;
  int num_kv_heads = 0;
  int group = 0;
  int head_dim = 0;  // even
  bool is_fast = false;
};

/// Starts the kernel on `stream`; the caller reads cudaGetLastError().
template <typename T>
void launch_rotary_append(const RotaryAppendArguments<T>& arguments, cudaStream_t stream);

}  // namespace mono::kernels
