#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace mono::kernels {

/// See layer_norm.h. T is float or __nv_bfloat16; everything dense.
template <typename T>
struct LayerNormArguments {
  const T* x = nullptr;       // [num_rows, width]
  T* residual = nullptr;      // takes the sum; null where delta is; may be x
  const T* delta = nullptr;   // [num_rows, width]; null: nothing is added
  const T* scale = nullptr;   // [width]; beside delta
  const T* weight = nullptr;  // [width]; null: no norm
  const T* bias = nullptr;
  T* out = nullptr;      // [num_rows, width]; beside weight
  int64_t num_rows = 0;  // 1 .. 2^31 - 1
  int64_t width = 0;     // as AddRmsNormArguments::hidden_size
  float epsilon = 0;
  bool is_fast = false;
};

/// Starts the kernel on `stream`; the caller reads cudaGetLastError().
/// \returns false, and starts nothing, for a row that is too wide.
template <typename T>
bool launch_layer_norm(const LayerNormArguments<T>& arguments, cudaStream_t stream);

}  // namespace mono::kernels
