#include "kernels/cuda/gate.cuh"
#include "kernels/cuda/row_packs.cuh"
#include "kernels/swiglu_launch.h"

namespace mono::kernels {
namespace {

template <int kWidth, typename T>
__global__ void __launch_bounds__(kPackThreads) swiglu_kernel(const SwigluArguments<T> a) {
  take_turn();
  const int64_t row = blockIdx.x;
  const int64_t i = column_of_thread<kWidth>();
  if (i >= a.width) return;
  float gate[kWidth];
  float up[kWidth];
  load_pack(a.gate + row * a.gate_distance + i, gate);
  load_pack(a.up + row * a.up_distance + i, up);
#pragma unroll
  for (int k = 0; k < kWidth; ++k) up[k] = gated<T>(gate[k], up[k], a.is_fast);
  store_pack(a.out + row * a.out_distance + i, up);
}

template <int kWidth, typename T>
void start(const SwigluArguments<T>& a, cudaStream_t stream) {
  start_early(swiglu_kernel<kWidth, T>, row_pack_grid(a.num_rows, a.width, kWidth), kPackThreads,
              stream, a);
}

}  // namespace

template <typename T>
void launch_swiglu(const SwigluArguments<T>& a, cudaStream_t stream) {
  const bool has_packs = allows_packs<T>({a.gate, a.up, a.out},
                                         {a.gate_distance, a.up_distance, a.out_distance, a.width});
  has_packs ? start<kPackWidth<T>>(a, stream) : start<1>(a, stream);
}

template void launch_swiglu(const SwigluArguments<float>&, cudaStream_t);
template void launch_swiglu(const SwigluArguments<__nv_bfloat16>&, cudaStream_t);

}  // namespace mono::kernels
