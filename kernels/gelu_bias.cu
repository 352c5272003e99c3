#include "kernels/cuda/row_packs.cuh"
#include "kernels/gelu_bias_launch.h"

namespace mono::kernels {
namespace {

constexpr float kInverseSqrt2 = 0.70710678118654752440F;

template <int kWidth, typename T>
__global__ void __launch_bounds__(kPackThreads) gelu_bias_kernel(const GeluBiasArguments<T> a) {
  const int64_t i = column_of_thread<kWidth>();
  if (i >= a.width) return;
  const int64_t at = static_cast<int64_t>(blockIdx.x) * a.width + i;
  float value[kWidth];
  load_pack(a.x + at, value);
  if (a.bias != nullptr) {
    float bias[kWidth];
    load_pack(a.bias + i, bias);
#pragma unroll
    for (int k = 0; k < kWidth; ++k) {
      value[k] += bias[k];
      if (!a.is_fast) value[k] = rounded<T>(value[k]);
    }
  }
#pragma unroll
  for (float& x : value) x = 0.5F * x * (1.0F + erff(x * kInverseSqrt2));
  store_pack(a.out + at, value);
}

template <int kWidth, typename T>
void start(const GeluBiasArguments<T>& a, cudaStream_t stream) {
  start_kernel(gelu_bias_kernel<kWidth, T>, row_pack_grid(a.num_rows, a.width, kWidth),
               kPackThreads, stream, a);
}

}  // namespace

template <typename T>
void launch_gelu_bias(const GeluBiasArguments<T>& a, cudaStream_t stream) {
  const bool has_packs = allows_packs<T>({a.x, a.bias, a.out}, {a.width});
  has_packs ? start<kPackWidth<T>>(a, stream) : start<1>(a, stream);
}

template void launch_gelu_bias(const GeluBiasArguments<float>&, cudaStream_t);
template void launch_gelu_bias(const GeluBiasArguments<__nv_bfloat16>&, cudaStream_t);

}  // namespace mono::kernels
