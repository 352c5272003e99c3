#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "kernels/rms_norm_launch.h"

namespace mono::kernels {
namespace {

constexpr int kWarpSize = 32;
constexpr int kNumWarps = 8;
constexpr int kThreadsPerRow = kWarpSize * kNumWarps;

// The sum over the block, in every thread; the order of additions depends on nothing but the
// thread count, so a row's result does not depend on its neighbours.
__device__ float block_sum(float value) {
  __shared__ float warp_sums[kNumWarps];
  for (int distance = kWarpSize / 2; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(0xffffffffU, value, distance);
  }
  if (threadIdx.x % kWarpSize == 0) warp_sums[threadIdx.x / kWarpSize] = value;
  __syncthreads();
  float sum = 0;
  for (const float warp_sum : warp_sums) sum += warp_sum;
  return sum;
}

// One block a row. x, out: [num_rows, hidden_size]; weight: [hidden_size].
template <typename T>
__global__ void rms_norm_kernel(const T* __restrict__ x, const T* __restrict__ weight,
                                T* __restrict__ out, int64_t hidden_size, float epsilon) {
  const int64_t first = static_cast<int64_t>(blockIdx.x) * hidden_size;

  float sum_of_squares = 0;
  for (int64_t i = threadIdx.x; i < hidden_size; i += kThreadsPerRow) {
    const float value = static_cast<float>(x[first + i]);
    sum_of_squares += value * value;
  }
  const float mean = block_sum(sum_of_squares) / static_cast<float>(hidden_size);
  const float inverse_rms = rsqrtf(mean + epsilon);

  for (int64_t i = threadIdx.x; i < hidden_size; i += kThreadsPerRow) {
    const T normalised = static_cast<T>(static_cast<float>(x[first + i]) * inverse_rms);
    out[first + i] = static_cast<T>(static_cast<float>(weight[i]) * static_cast<float>(normalised));
  }
}

}  // namespace

template <typename T>
void launch_rms_norm(const T* x, const T* weight, T* out, int64_t num_rows, int64_t hidden_size,
                     float epsilon, cudaStream_t stream) {
  rms_norm_kernel<T><<<static_cast<unsigned>(num_rows), kThreadsPerRow, 0, stream>>>(
      x, weight, out, hidden_size, epsilon);
}

template void launch_rms_norm(const float*, const float*, float*, int64_t, int64_t, float,
                              cudaStream_t);
template void launch_rms_norm(const __half*, const __half*, __half*, int64_t, int64_t, float,
                              cudaStream_t);
template void launch_rms_norm(const __nv_bfloat16*, const __nv_bfloat16*, __nv_bfloat16*, int64_t,
                              int64_t, float, cudaStream_t);

}  // namespace mono::kernels
