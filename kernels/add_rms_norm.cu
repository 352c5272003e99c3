#include "kernels/add_rms_norm_launch.h"
#include "kernels/cuda/block_row.cuh"
#include "kernels/cuda/prefetch.cuh"

namespace mono::kernels {
namespace {

// Adds delta to one pack; the residual keeps the rounded sum, and so does `sum` unless fast.
template <int kWidth, typename T>
__device__ void add_pack(T* residual, const T* delta, bool is_fast, float (&sum)[kWidth]) {
  load_pack(residual, sum);
  if (delta == nullptr) return;
  float added[kWidth];
  load_pack(delta, added);
#pragma unroll
  for (int i = 0; i < kWidth; ++i) sum[i] += added[i];
  store_pack(residual, sum);
  if (is_fast) return;
#pragma unroll
  for (int i = 0; i < kWidth; ++i) sum[i] = rounded<T>(sum[i]);
}

template <int kWidth, typename T>
__device__ void write_norm(const float (&sum)[kWidth], const float (&scale)[kWidth],
                           float inverse_rms, bool is_fast, T* out) {
  float norm[kWidth];
#pragma unroll
  for (int i = 0; i < kWidth; ++i) {
    const float quotient = sum[i] * inverse_rms;
    norm[i] = scale[i] * (is_fast ? quotient : rounded<T>(quotient));
  }
  store_pack(out, norm);
}

// The weight lies in no cache when a step of generated tokens comes here: it is asked for while
// earlier kernels run, and read beside the row, not behind its sum, where registers allow it.
template <int kWidth, int kPacks, typename T>
__global__ void __launch_bounds__(kMaxRowThreads)
    add_rms_norm_kernel(const AddRmsNormArguments<T> a) {
  constexpr bool kHoldsWeight = kPacks * kWidth <= 16;
  let_next_begin();
#pragma unroll
  for (int p = 0; p < kPacks; ++p) {
    const int64_t i = pack_begin<kWidth>(p);
    if (blockIdx.x == 0 && i < a.hidden_size) ask_for(a.weight + i);
  }
  wait_for_earlier_kernels();
  const int64_t row = blockIdx.x;
  T* const residual = a.residual + row * a.hidden_size;
  const int64_t delta_row = a.delta_row == nullptr ? row : a.delta_row[row];
  const T* const delta = a.delta == nullptr ? nullptr : a.delta + delta_row * a.hidden_size;

  float sum[kPacks][kWidth];
  float scale[kHoldsWeight ? kPacks : 1][kWidth] = {};
  float squares = 0;
#pragma unroll
  for (int p = 0; p < kPacks; ++p) {
    const int64_t i = pack_begin<kWidth>(p);
    if (i >= a.hidden_size) continue;
    if constexpr (kHoldsWeight) load_pack(a.weight + i, scale[p]);
    add_pack(residual + i, delta == nullptr ? nullptr : delta + i, a.is_fast, sum[p]);
#pragma unroll
    for (const float value : sum[p]) squares += value * value;
  }

  const int64_t out_row = a.out_row == nullptr ? row : a.out_row[row];
  if (out_row < 0) return;  // the whole block
  const float mean = block_sum(squares) / static_cast<float>(a.hidden_size);
  const float inverse_rms = rsqrtf(mean + a.epsilon);
  T* const out = a.out + out_row * a.hidden_size;
#pragma unroll
  for (int p = 0; p < kPacks; ++p) {
    const int64_t i = pack_begin<kWidth>(p);
    if (i >= a.hidden_size) continue;
    auto& of_pack = scale[kHoldsWeight ? p : 0];
    if constexpr (!kHoldsWeight) load_pack(a.weight + i, of_pack);
    write_norm(sum[p], of_pack, inverse_rms, a.is_fast, out + i);
  }
}

}  // namespace

template <typename T>
bool launch_add_rms_norm(const AddRmsNormArguments<T>& a, cudaStream_t stream) {
  const bool has_packs = allows_packs<T>({a.residual, a.delta, a.weight, a.out}, {a.hidden_size});
  if (a.hidden_size > max_row_width<T>(has_packs)) return false;
  with_row_shape<T>(a.hidden_size, has_packs, [&](auto width, auto packs, unsigned threads) {
    start_early(add_rms_norm_kernel<width(), packs(), T>, dim3(static_cast<unsigned>(a.num_rows)),
                threads, stream, a);
  });
  return true;
}

template bool launch_add_rms_norm(const AddRmsNormArguments<float>&, cudaStream_t);
template bool launch_add_rms_norm(const AddRmsNormArguments<__nv_bfloat16>&, cudaStream_t);

}  // namespace mono::kernels
