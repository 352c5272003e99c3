#pragma once

// Stands in for the CUDA compiler where there is no device: a .cu file that starts its kernels
// through kernels/cuda/launch.cuh compiles as C++ against this header and runs on the host, one
// block after the other, each thread of a block a fiber that is switched at barriers and warp
// exchanges. It shows wrong indices, wrong reductions, wrong rounding, and (under ASan) accesses
// outside a buffer. It shows nothing about races, memory order or speed.

#include <cuda_runtime_api.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>

// The names are CUDA's.
// NOLINTBEGIN(bugprone-reserved-identifier)

#undef __shared__
#define __shared__ static
#ifndef __launch_bounds__
#define __launch_bounds__(...)
#endif

using std::isinf;
using std::isnan;

namespace emulated_cuda {

/// Runs every block of a grid; ends the process where threads wait for one another for ever.
void run(dim3 grid, dim3 block, const std::function<void()>& thread);

void block_barrier();

/// Every lane of the warp gives a value; \returns the values of all 32, 0 for a lane that is gone.
const uint64_t* exchange(uint64_t value);
/// After the values were read.
void end_exchange();

/// What `lane` gave; as the device does, a lane outside the warp is taken modulo its size.
template <typename T>
T from_lane(T value, unsigned lane) {
  static_assert(sizeof(T) <= sizeof(uint64_t));
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  const uint64_t theirs = exchange(bits)[lane % 32];
  T result;
  std::memcpy(&result, &theirs, sizeof(T));
  end_exchange();
  return result;
}

}  // namespace emulated_cuda

inline uint3 threadIdx{};
inline uint3 blockIdx{};
inline dim3 blockDim{};
inline dim3 gridDim{};

inline void __syncthreads() {
  emulated_cuda::block_barrier();
}
inline void __syncwarp(unsigned = 0xffffffffU) {
  emulated_cuda::exchange(0);
  emulated_cuda::end_exchange();
}
template <typename T>
T __shfl_sync(unsigned, T value, int lane) {
  return emulated_cuda::from_lane(value, static_cast<unsigned>(lane));
}
template <typename T>
T __shfl_xor_sync(unsigned, T value, int mask) {
  return emulated_cuda::from_lane(value, (threadIdx.x % 32) ^ static_cast<unsigned>(mask));
}
template <typename T>
T __shfl_up_sync(unsigned, T value, unsigned distance) {
  const unsigned lane = threadIdx.x % 32;
  return emulated_cuda::from_lane(value, lane < distance ? lane : lane - distance);
}
inline unsigned __ballot_sync(unsigned, bool vote) {
  const uint64_t* votes = emulated_cuda::exchange(vote ? 1 : 0);
  unsigned result = 0;
  for (unsigned lane = 0; lane < 32; ++lane) result |= static_cast<unsigned>(votes[lane]) << lane;
  emulated_cuda::end_exchange();
  return result;
}

template <typename T, typename U>
T atomicAdd(T* address, U value) {
  const T before = *address;
  *address = before + static_cast<T>(value);
  return before;
}

template <typename T>
T atomicInc(T* address, T most) {
  const T before = *address;
  *address = before >= most ? 0 : before + 1;
  return before;
}
template <typename T>
T __ldcg(const T* address) {
  return *address;
}
inline void __threadfence() {}

// One kernel after the other.
inline void cudaTriggerProgrammaticLaunchCompletion() {}
inline void cudaGridDependencySynchronize() {}

inline int __popc(unsigned value) {
  return std::popcount(value);
}
inline float rsqrtf(float value) {
  return 1.0F / std::sqrt(value);
}
inline float __fmul_rn(float a, float b) {
  return a * b;
}
inline float __fadd_rn(float a, float b) {
  return a + b;
}
inline unsigned __float_as_uint(float value) {
  return std::bit_cast<unsigned>(value);
}
inline int __float_as_int(float value) {
  return std::bit_cast<int>(value);
}
inline float __int_as_float(int value) {
  return std::bit_cast<float>(value);
}
inline float __uint_as_float(unsigned value) {
  return std::bit_cast<float>(value);
}

template <typename... Parameters, typename... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  emulated_cuda::run(config->gridDim, config->blockDim, [&] { kernel(arguments...); });
  return cudaSuccess;
}

// NOLINTEND(bugprone-reserved-identifier)
