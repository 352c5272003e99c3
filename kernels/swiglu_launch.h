#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace mono::kernels {

/// See swiglu.h. T is float or __nv_bfloat16. Distances between rows are in elements.
template <typename T>
struct SwigluArguments {
  const T* gate = nullptr;  // [num_rows, width]
  const T* up = nullptr;
  T* out = nullptr;
  int64_t gate_distance = 0;
  int64_t up_distance = 0;
  int64_t out_distance = 0;
  int64_t num_rows = 0;  // 1 .. 2^31 - 1
  int64_t width = 0;     // 1 .. 16,776,960
  bool is_fast = false;
};

/// Starts the kernel on `stream`; the caller reads cudaGetLastError().
template <typename T>
void launch_swiglu(const SwigluArguments<T>& arguments, cudaStream_t stream);

}  // namespace mono::kernels
