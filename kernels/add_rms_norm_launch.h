#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace mono::kernels {

/// See add_rms_norm.h. T is float or __nv_bfloat16.
template <typename T>
struct AddRmsNormArguments {
  T* residual = nullptr;               // [num_rows, hidden_size]
  const T* delta = nullptr;            // null: nothing is added
  const int32_t* delta_row = nullptr;  // [num_rows]; null: row i
  const T* weight = nullptr;           // [hidden_size]
  const int32_t* out_row = nullptr;    // [num_rows]; null: row i
  T* out = nullptr;
  int64_t num_rows = 0;     // 1 .. 2^31 - 1
  int64_t hidden_size = 0;  // 1 .. 16384 (float), 32768 (bf16); 4096 where not of whole packs
  float epsilon = 0;
  bool is_fast = false;
};

/// Starts the kernel on `stream`; the caller reads cudaGetLastError().
/// \returns false, and starts nothing, for a row that is too wide.
template <typename T>
bool launch_add_rms_norm(const AddRmsNormArguments<T>& arguments, cudaStream_t stream);

}  // namespace mono::kernels
