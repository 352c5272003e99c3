#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace mono::kernels {

/// Starts the kernel on `stream`; x, out: [num_rows, hidden_size], weight: [hidden_size], dense;
/// num_rows is 1 .. 2^31 - 1. T is float, __half or __nv_bfloat16. The caller reads
/// cudaGetLastError().
template <typename T>
void launch_rms_norm(const T* x, const T* weight, T* out, int64_t num_rows, int64_t hidden_size,
                     float epsilon, cudaStream_t stream);

}  // namespace mono::kernels
