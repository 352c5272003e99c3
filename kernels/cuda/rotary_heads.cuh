#pragma once

#include "kernels/cuda/pack.cuh"
#include "kernels/rotary_append_launch.h"

/// Heads of projections on their way through the rotation, as rotary_append.h rounds them.
namespace mono::kernels {

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

template <typename T>
bool allows_packs_in(const HeadRows<T>& rows) {
  return allows_packs<T>({rows.data, rows.bias},
                         {rows.row_distance, rows.group_distance, rows.head_distance,
                          rows.bias_group_distance, rows.bias_head_distance});
}

/// Whether every head and half of one can be read by 16-byte accesses.
template <typename T>
bool heads_allow_packs(const RotaryAppendArguments<T>& a) {
  return allows_packs_in(a.q) && allows_packs_in(a.k) && allows_packs_in(a.v) &&
         allows_packs<T>({a.cos, a.sin, a.keys, a.values, a.out}, {a.head_dim / 2});
}

/// The elements [i, i + kWidth) of a head that lie in one half of it, rotated; not yet rounded.
/// \param cos, sin  of the token's angle, [head_dim / 2]
template <int kWidth, typename T>
__device__ void load_rotated(const Head<T>& head, int i, int half, const T* cos, const T* sin,
                             bool is_fast, float (&x)[kWidth]) {
  const bool is_first = i < half;
  const int column = is_first ? i : i - half;
  float other[kWidth];
  float cosines[kWidth];
  float sines[kWidth];
  load_biased(head, i, is_fast, x);
  load_biased(head, is_first ? i + half : column, is_fast, other);
  load_pack(cos + column, cosines);
  load_pack(sin + column, sines);
#pragma unroll
  for (int k = 0; k < kWidth; ++k) {
    x[k] = turned<T>(x[k], cosines[k], is_first ? -other[k] : other[k], sines[k], is_fast);
  }
}

}  // namespace mono::kernels
