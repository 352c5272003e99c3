#pragma once

#include <cuda_runtime.h>

#include <cstdint>

namespace mono::kernels {

inline constexpr int kWarpSize = 32;
inline constexpr unsigned kWholeWarp = 0xffffffffU;

/// Every kernel is started here. The caller reads cudaGetLastError().
template <typename... Parameters, typename... Arguments>
void start_kernel(void (*kernel)(Parameters...), dim3 grid, unsigned threads_per_block,
                  cudaStream_t stream, Arguments... arguments) {
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = dim3(threads_per_block);
  config.stream = stream;
  cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...);
}

constexpr unsigned ceil_div(int64_t a, int64_t b) {
  return static_cast<unsigned>((a + b - 1) / b);
}

}  // namespace mono::kernels
