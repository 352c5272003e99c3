#include <type_traits>

#include "kernels/cuda/arrival.cuh"
#include "kernels/cuda/decode_combine.cuh"
#include "kernels/cuda/decode_split.cuh"
#include "kernels/decode_attention_launch.h"

namespace mono::kernels {
namespace {

// The group's heads from their splits, by the row's block that comes last: no other kernel need
// start for them.
template <typename T>
__device__ void combine_by_last(const DecodeAttentionArguments<T>& a, int row, int kv_head) {
  __shared__ bool is_last;
  const int used = num_used_splits(a, row);
  __syncthreads();  // the block's sums are written
  if (threadIdx.x == 0) {
    int32_t* const arrivals = a.arrivals + int64_t{row} * a.num_kv_heads + kv_head;
    is_last = arrives_last(arrivals, static_cast<unsigned>(used));
  }
  __syncthreads();
  if (!is_last) return;
  const int64_t first = (int64_t{row} * a.num_kv_heads + kv_head) * a.group;
  for (int i = static_cast<int>(threadIdx.x); i < a.group * a.head_dim; i += kThreads) {
    combine(a, row, first + i / a.head_dim, i % a.head_dim);
  }
}

// Block (split, kv head, row). Scores and probabilities of all query heads of the group at once, so
// that keys and values are read once; all but the newest while earlier kernels still run.
template <int kLanes, int kGroup, bool kAppends, typename T>
__global__ void __launch_bounds__(kThreads) split_kernel(const DecodeAttentionArguments<T> a) {
  constexpr int kWidth = kPackWidth<T>;
  __shared__ float scores[kGroup][kKeys];
  let_next_begin();
  const int split = static_cast<int>(blockIdx.x);
  const int row = static_cast<int>(blockIdx.z);
  const int begin = split * kKeys;
  const int length = a.length[row];
  if (begin >= length) {  // the whole block
    wait_for_earlier_kernels();
    if (a.arrivals != nullptr && length <= 0 && split == 0)
      write_zeros(a, row, static_cast<int>(blockIdx.y));
    return;
  }
  const int count = length - begin < kKeys ? length - begin : kKeys;
  const int num_settled = length - 1 - begin < kKeys ? length - 1 - begin : kKeys;
  const int column = static_cast<int>(threadIdx.x) % kLanes * kWidth;
  const bool is_reading = column < a.head_dim;
  const int64_t distance = int64_t{a.num_kv_heads} * a.head_dim;
  const int64_t first =
      (a.slot[row] * a.capacity + begin) * distance + int64_t{blockIdx.y} * a.head_dim + column;
  SplitPacks<T, kLanes> keys;
  SplitPacks<T, kLanes> values;
  if (is_reading) {
    keys.load(a.keys + first, distance, 0, num_settled);
    values.load(a.values + first, distance, 0, num_settled);
  }
  const NewestToken<T> newest{a.append, row, static_cast<int>(blockIdx.y), column};
  if constexpr (kAppends) {
    if (is_reading) newest.ask_for_turn();
  }
  wait_for_earlier_kernels();
  const bool has_newest = num_settled < count;
  if (is_reading && has_newest) {
    if constexpr (kAppends) {
      if (keys.holds(num_settled)) {
        keys.set(num_settled, newest.key());
        values.set(num_settled, newest.value());
      }
    } else {
      keys.load(a.keys + first, distance, num_settled, count);
      values.load(a.values + first, distance, num_settled, count);
    }
  }

  const int64_t head = (int64_t{blockIdx.z} * a.num_kv_heads + blockIdx.y) * a.group;
  float q[kGroup][kWidth] = {};
#pragma unroll
  for (int g = 0; g < kGroup; ++g) {
    if (g >= a.group || !is_reading) continue;
    if constexpr (kAppends) {
      newest.query(g, q[g]);
    } else {
      load_pack(a.q + (head + g) * a.head_dim + column, q[g]);
    }
  }
  const float scale = rsqrtf(static_cast<float>(a.head_dim));
  keys.for_each([&](int key, const float(&k)[kWidth]) {
#pragma unroll
    for (int g = 0; g < kGroup; ++g) {
      float score = 0;
#pragma unroll
      for (int i = 0; i < kWidth; ++i) score += q[g][i] * k[i];
      for (int step = kLanes / 2; step > 0; step /= 2) {
        score += __shfl_xor_sync(kWholeWarp, score, step);
      }
      if (column == 0) scores[g][key] = score * scale;
    }
  });
  __syncthreads();

  const int64_t num_splits = (a.max_length + kKeys - 1) / kKeys;
  const int warp = static_cast<int>(threadIdx.x) / kWarpSize;
  if (warp < a.group) {
    soften(scores[warp], count, a.scales + ((head + warp) * num_splits + split) * 2);
  }
  __syncthreads();

  float sum[kGroup][kWidth] = {};
  values.for_each([&](int key, const float(&v)[kWidth]) {
    if (key >= count) return;
#pragma unroll
    for (int g = 0; g < kGroup; ++g) {
      const float weight = scores[g][key];
#pragma unroll
      for (int i = 0; i < kWidth; ++i) sum[g][i] += weight * v[i];
    }
  });
  write_sums<kLanes>(sum, a.group, a.head_dim, a.sums + (head * num_splits + split) * a.head_dim,
                     num_splits * a.head_dim);
  if (a.arrivals != nullptr) combine_by_last(a, row, static_cast<int>(blockIdx.y));
}

// Block (head, row).
template <typename T>
__global__ void combine_kernel(const DecodeAttentionArguments<T> a) {
  take_turn();
  const int row = static_cast<int>(blockIdx.y);
  const int d = static_cast<int>(threadIdx.x);
  const int64_t head = int64_t{blockIdx.y} * a.num_kv_heads * a.group + blockIdx.x;
  if (d < a.head_dim) combine(a, row, head, d);
}

template <int kLanes, int kGroup, typename T>
bool start(DecodeAttentionArguments<T> a, cudaStream_t stream) {
  constexpr int64_t kFewBlocks = 512;  // more would each hold their place while they wait
  const auto rows = static_cast<unsigned>(a.num_rows);
  const auto kv_heads = static_cast<unsigned>(a.num_kv_heads);
  const auto group = static_cast<unsigned>(a.group);
  const auto kernel = a.q == nullptr ? split_kernel<kLanes, kGroup, true, T>
                                     : split_kernel<kLanes, kGroup, false, T>;
  const dim3 grid(ceil_div(a.max_length, kKeys), kv_heads, rows);
  const bool has_few = int64_t{grid.x} * grid.y * grid.z <= kFewBlocks;
  if (!has_few) a.arrivals = nullptr;
  start_early(kernel, grid, kThreads, stream, a);
  if (has_few) return true;
  start_early(combine_kernel<T>, dim3(kv_heads * group, rows),
              ceil_div(a.head_dim, kWarpSize) * kWarpSize, stream, a);
  return true;
}

template <int kLanes, typename T>
bool start_for_group(const DecodeAttentionArguments<T>& a, cudaStream_t stream) {
  if constexpr (std::is_same_v<T, __nv_bfloat16>) {
    if (a.group == 1) return start<kLanes, 1>(a, stream);
    if (a.group == 2) return start<kLanes, 2>(a, stream);
    if (a.group <= 4) return start<kLanes, 4>(a, stream);
  }
  return start<kLanes, kMaxGroup>(a, stream);
}

}  // namespace

template <typename T>
bool launch_decode_attention(const DecodeAttentionArguments<T>& a, cudaStream_t stream) {
  constexpr int kMaxHeadDim = 128;
  if (!allows_packs<T>({a.q, a.keys, a.values}, {a.head_dim})) return false;
  if (a.q == nullptr && !heads_allow_packs(a.append)) return false;
  if (a.group < 1 || a.group > kMaxGroup || a.head_dim > kMaxHeadDim) return false;
  const int lanes = a.head_dim / kPackWidth<T>;
  if (lanes <= 4) return start<4, kMaxGroup>(a, stream);
  if (lanes <= 8) return start_for_group<8>(a, stream);
  if constexpr (kMaxHeadDim / kPackWidth < T >> 16) {
    if (lanes > 16) return start<32, kMaxGroup>(a, stream);
  }
  return start_for_group<16>(a, stream);
}

template bool launch_decode_attention(const DecodeAttentionArguments<float>&, cudaStream_t);
template bool launch_decode_attention(const DecodeAttentionArguments<__nv_bfloat16>&, cudaStream_t);

}  // namespace mono::kernels
