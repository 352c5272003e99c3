#include <cuda_bf16.h>
#include <cuda_fp16.h>

#include "kernels/cuda/block_row.cuh"
#include "kernels/rms_norm_launch.h"

namespace mono::kernels {
namespace {

constexpr int kThreadsPerRow = 256;

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
  start_kernel(rms_norm_kernel<T>, dim3(static_cast<unsigned>(num_rows)), kThreadsPerRow, stream, x,
               weight, out, hidden_size, epsilon);
}

template void launch_rms_norm(const float*, const float*, float*, int64_t, int64_t, float,
                              cudaStream_t);
template void launch_rms_norm(const __half*, const __half*, __half*, int64_t, int64_t, float,
                              cudaStream_t);
template void launch_rms_norm(const __nv_bfloat16*, const __nv_bfloat16*, __nv_bfloat16*, int64_t,
                              int64_t, float, cudaStream_t);

}  // namespace mono::kernels
