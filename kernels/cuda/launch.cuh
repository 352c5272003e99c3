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

/// Starts a kernel that may begin while the one before it in the stream still runs: the next one's
/// start is then hidden. Every block of such a kernel calls `let_next_begin` and
/// `wait_for_earlier_kernels`, the latter before it touches anything an earlier kernel may have
/// written or may still read.
template <typename... Parameters, typename... Arguments>
void start_early(void (*kernel)(Parameters...), dim3 grid, unsigned threads_per_block,
                 cudaStream_t stream, Arguments... arguments) {
  cudaLaunchAttribute early{};
  early.id = cudaLaunchAttributeProgrammaticStreamSerialization;
  early.val.programmaticStreamSerializationAllowed = 1;
  cudaLaunchConfig_t config{};
  config.gridDim = grid;
  config.blockDim = dim3(threads_per_block);
  config.stream = stream;
  config.attrs = &early;
  config.numAttrs = 1;
  cudaLaunchKernelEx(&config, kernel, static_cast<Parameters>(arguments)...);
}

/// The next kernel may begin as soon as every block of this one has come here.
__device__ inline void let_next_begin() {
  cudaTriggerProgrammaticLaunchCompletion();
}

/// Every kernel before this one has ended, and what it wrote can be read.
__device__ inline void wait_for_earlier_kernels() {
  cudaGridDependencySynchronize();
}

/// Both, for a kernel that has nothing to do before.
__device__ inline void take_turn() {
  let_next_begin();
  wait_for_earlier_kernels();
}

constexpr unsigned ceil_div(int64_t a, int64_t b) {
  return static_cast<unsigned>((a + b - 1) / b);
}

}  // namespace mono::kernels
