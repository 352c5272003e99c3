#include <algorithm>

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/pack.cuh"
#include "kernels/rotary_append_launch.h"

namespace mono::kernels {
namespace {

constexpr int kMaxThreads = 256;

/// One head of one token: where it is read and where it goes.
template <typename T>
struct Head {
  const T* from = nullptr;
  const T* bias = nullptr;
  T* to = nullptr;  // null: not wanted
  bool is_rotated = true;
};

template <typename T>
__device__ void find_source(const HeadRows<T>& rows, int64_t row, int group, int member,
                            Head<T>& head) {
  head.from = rows.data + row * rows.row_distance + group * rows.group_distance +
              member * rows.head_distance;
  if (rows.bias != nullptr) {
    head.bias = rows.bias + group * rows.bias_group_distance + member * rows.bias_head_distance;
  }
}

// Heads are numbered: query heads, key heads, value heads.
template <typename T>
__device__ Head<T> find_head(const RotaryAppendArguments<T>& a, int64_t token, int number) {
  const int64_t row = a.row == nullptr ? token : a.row[token];
  const int num_heads = a.num_kv_heads * a.group;
  Head<T> head;
  if (number < num_heads) {
    find_source(a.q, row, number / a.group, number % a.group, head);
    head.to = a.out + (token * num_heads + number) * a.head_dim;
    return head;
  }
  head.is_rotated = number < num_heads + a.num_kv_heads;
  const int kv_head = (number - num_heads) % a.num_kv_heads;
  find_source(head.is_rotated ? a.k : a.v, row, kv_head, 0, head);
  if (a.slot[token] >= 0) {
    T* const cache = head.is_rotated ? a.keys : a.values;
    const int64_t place = a.slot[token] * a.capacity + a.position[token];
    head.to = cache + (place * a.num_kv_heads + kv_head) * a.head_dim;
  }
  return head;
}

template <int kWidth, typename T>
__device__ void load_biased(const Head<T>& head, int i, bool is_fast, float (&x)[kWidth]) {
  load_pack(head.from + i, x);
  if (head.bias == nullptr) return;
  float bias[kWidth];
  load_pack(head.bias + i, bias);
#pragma unroll
  for (int k = 0; k < kWidth; ++k) {
    x[k] += bias[k];
    if (!is_fast) x[k] = rounded<T>(x[k]);
  }
}

// x * cos + y * sin; fused multiply-add would round the first product differently.
template <typename T>
__device__ float turned(float x, float cos, float y, float sin, bool is_fast) {
  const float first = __fmul_rn(x, cos);
  const float second = __fmul_rn(y, sin);
  return is_fast ? __fadd_rn(first, second) : __fadd_rn(rounded<T>(first), rounded<T>(second));
}

// One block a token; each thread turns kWidth pairs of one head at a time.
template <int kWidth, typename T>
__global__ void __launch_bounds__(kMaxThreads)
    rotary_append_kernel(const RotaryAppendArguments<T> a) {
  take_turn();
  const int64_t token = blockIdx.x;
  const int half = a.head_dim / 2;
  const int packs_per_head = half / kWidth;
  const int num_packs = (a.group + 2) * a.num_kv_heads * packs_per_head;
  const int64_t angle = static_cast<int64_t>(a.angle[token]) * half;
  for (int pack = static_cast<int>(threadIdx.x); pack < num_packs; pack += blockDim.x) {
    const Head<T> head = find_head(a, token, pack / packs_per_head);
    if (head.to == nullptr) continue;
    const int i = pack % packs_per_head * kWidth;
    float first[kWidth];
    float second[kWidth];
    load_biased(head, i, a.is_fast, first);
    load_biased(head, i + half, a.is_fast, second);
    if (head.is_rotated) {
      float cos[kWidth];
      float sin[kWidth];
      load_pack(a.cos + angle + i, cos);
      load_pack(a.sin + angle + i, sin);
#pragma unroll
      for (int k = 0; k < kWidth; ++k) {
        const float x = first[k];
        first[k] = turned<T>(x, cos[k], -second[k], sin[k], a.is_fast);
        second[k] = turned<T>(second[k], cos[k], x, sin[k], a.is_fast);
      }
    }
    store_pack(head.to + i, first);
    store_pack(head.to + i + half, second);
  }
}

template <int kWidth, typename T>
void start(const RotaryAppendArguments<T>& a, cudaStream_t stream) {
  const int64_t num_packs = int64_t{a.group + 2} * a.num_kv_heads * (a.head_dim / 2 / kWidth);
  const unsigned threads =
      std::min<unsigned>(kMaxThreads, ceil_div(num_packs, kWarpSize) * kWarpSize);
  start_early(rotary_append_kernel<kWidth, T>, dim3(static_cast<unsigned>(a.num_tokens)), threads,
              stream, a);
}

template <typename T>
bool allows_packs_in(const HeadRows<T>& rows) {
  return allows_packs<T>({rows.data, rows.bias},
                         {rows.row_distance, rows.group_distance, rows.head_distance,
                          rows.bias_group_distance, rows.bias_head_distance});
}

}  // namespace

template <typename T>
void launch_rotary_append(const RotaryAppendArguments<T>& a, cudaStream_t stream) {
  const bool has_packs = allows_packs_in(a.q) && allows_packs_in(a.k) && allows_packs_in(a.v) &&
                         allows_packs<T>({a.cos, a.sin, a.keys, a.values, a.out}, {a.head_dim / 2});
  has_packs ? start<kPackWidth<T>>(a, stream) : start<1>(a, stream);
}

template void launch_rotary_append(const RotaryAppendArguments<float>&, cudaStream_t);
template void launch_rotary_append(const RotaryAppendArguments<__nv_bfloat16>&, cudaStream_t);

}  // namespace mono::kernels
