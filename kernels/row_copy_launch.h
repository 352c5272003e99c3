#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace mono::kernels {

/// See row_copy.h; everything in bytes.
struct RowCopyArguments {
  const void* x = nullptr;
  void* out = nullptr;
  const int32_t* row = nullptr;  // [num_copied]
  int64_t x_distance = 0;        // between rows
  int64_t out_distance = 0;
  int64_t row_bytes = 0;
  int64_t num_copied = 0;   // 1 .. 2^31 - 1
  bool is_scatter = false;  // the map numbers rows of out, not of x
};

/// Starts the kernel on `stream`; the caller reads cudaGetLastError().
void launch_row_copy(const RowCopyArguments& arguments, cudaStream_t stream);

}  // namespace mono::kernels
