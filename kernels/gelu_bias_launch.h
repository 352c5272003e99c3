#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace mono::kernels {

/// See gelu_bias.h. T is float or __nv_bfloat16; everything dense.
template <typename T>
struct GeluBiasArguments {
  const T* x = nullptr;     // [num_rows, width]
  const T* bias = nullptr;  // [width], or null
  T* out = nullptr;         // [num_rows, width]; may be x
  int64_t num_rows = 0;     // 1 .. 2^31 - 1
  int64_t width = 0;        // 1 .. 16,776,960
  bool is_fast = false;
};

/// Starts the kernel on `stream`; the caller reads cudaGetLastError().
template <typename T>
void launch_gelu_bias(const GeluBiasArguments<T>& arguments, cudaStream_t stream);

}  // namespace mono::kernels
