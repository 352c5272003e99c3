#include "kernels/cuda/block_row.cuh"
#include "kernels/layer_norm_launch.h"

namespace mono::kernels {
namespace {

template <int kWidth, typename T>
__device__ void add_scaled(const T* delta, const T* scale, bool is_fast, T* residual,
                           float (&sum)[kWidth]) {
  float added[kWidth];
  float factor[kWidth];
  load_pack(delta, added);
  load_pack(scale, factor);
#pragma unroll
  for (int i = 0; i < kWidth; ++i) {
    const float product = __fmul_rn(added[i], factor[i]);
    sum[i] = __fadd_rn(sum[i], is_fast ? product : rounded<T>(product));
  }
  store_pack(residual, sum);
  if (is_fast) return;
#pragma unroll
  for (int i = 0; i < kWidth; ++i) sum[i] = rounded<T>(sum[i]);
}

template <int kWidth, typename T>
__device__ void write_norm(const float (&x)[kWidth], const T* weight, const T* bias, float mean,
                           float inverse_deviation, T* out) {
  float scale[kWidth];
  float shift[kWidth];
  float norm[kWidth];
  load_pack(weight, scale);
  load_pack(bias, shift);
#pragma unroll
  for (int i = 0; i < kWidth; ++i) {
    norm[i] = (x[i] - mean) * inverse_deviation * scale[i] + shift[i];
  }
  store_pack(out, norm);
}

template <int kWidth, int kPacks, typename T>
__global__ void __launch_bounds__(kMaxRowThreads) layer_norm_kernel(const LayerNormArguments<T> a) {
  const int64_t first = static_cast<int64_t>(blockIdx.x) * a.width;
  float x[kPacks][kWidth];
  float sum = 0;
#pragma unroll
  for (int p = 0; p < kPacks; ++p) {
    const int64_t i = pack_begin<kWidth>(p);
    if (i >= a.width) continue;
    load_pack(a.x + first + i, x[p]);
    if (a.delta != nullptr) {
      add_scaled(a.delta + first + i, a.scale + i, a.is_fast, a.residual + first + i, x[p]);
    }
#pragma unroll
    for (const float value : x[p]) sum += value;
  }
  if (a.weight == nullptr) return;  // the whole block

  const float mean = block_sum(sum) / static_cast<float>(a.width);
  float squares = 0;
#pragma unroll
  for (int p = 0; p < kPacks; ++p) {
    if (pack_begin<kWidth>(p) >= a.width) continue;
#pragma unroll
    for (const float value : x[p]) squares += (value - mean) * (value - mean);
  }
  const float inverse_deviation =
      rsqrtf(block_sum(squares) / static_cast<float>(a.width) + a.epsilon);
#pragma unroll
  for (int p = 0; p < kPacks; ++p) {
    const int64_t i = pack_begin<kWidth>(p);
    if (i >= a.width) continue;
    write_norm(x[p], a.weight + i, a.bias + i, mean, inverse_deviation, a.out + first + i);
  }
}

}  // namespace

template <typename T>
bool launch_layer_norm(const LayerNormArguments<T>& a, cudaStream_t stream) {
  const bool has_packs =
      allows_packs<T>({a.x, a.residual, a.delta, a.scale, a.weight, a.bias, a.out}, {a.width});
  if (a.width > max_row_width<T>(has_packs)) return false;
  with_row_shape<T>(a.width, has_packs, [&](auto width, auto packs, unsigned threads) {
    start_kernel(layer_norm_kernel<width(), packs(), T>, dim3(static_cast<unsigned>(a.num_rows)),
                 threads, stream, a);
  });
  return true;
}

template bool launch_layer_norm(const LayerNormArguments<float>&, cudaStream_t);
template bool launch_layer_norm(const LayerNormArguments<__nv_bfloat16>&, cudaStream_t);

}  // namespace mono::kernels
