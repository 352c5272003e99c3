#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/rounding.h"

namespace mono::kernels {

/// Queries, keys and values as views of what the projections gave; the last dimension is dense.
struct QkvViews {
  at::Tensor q{};  // [num_rows, num_kv_heads, group, head_dim]
  at::Tensor k{};  // [num_rows, num_kv_heads, head_dim]
  at::Tensor v{};  // [num_rows, num_kv_heads, head_dim]
};

/// InternLM2's packing: each kv head's group of query heads, its key head, its value head.
/// \param qkv  [num_rows, num_kv_heads * (group + 2) * head_dim], rows dense.
/// \throws c10::Error if the width is no such product.
/// Layout: OpenGVLab/Mono-InternVL@5b17ab4, internvl/model/internlm2/modeling_internlm2_ve.py,
/// InternLM2Attention.forward.
QkvViews split_grouped_qkv(const at::Tensor& qkv, int64_t num_kv_heads, int64_t head_dim);

/// All query heads, then all key heads, then all value heads.
/// \param qkv  [num_rows, num_kv_heads * (group + 2) * head_dim], rows dense.
QkvViews split_joined_qkv(const at::Tensor& qkv, int64_t num_kv_heads, int64_t head_dim);

/// Where each token of a pass comes from and goes to; int32 [num_tokens] each.
struct TokenPlaces {
  at::Tensor slot{};      // the cache slot of its sequence; negative: padding, not cached
  at::Tensor position{};  // its place in the slot
  at::Tensor angle{};     // its row of cos and sin
  at::Tensor row{};       // its row of the projections; undefined: row i
};

/// Rotates queries and keys and appends keys and values to the cache, in one pass over them.
///
///   out[n] = rotary(q[row[n]] + bias.q),   keys[slot[n], position[n]] = rotary(k[row[n]] + bias.k)
///   values[slot[n], position[n]] = v[row[n]] + bias.v
///
/// Rounding::kParity: the sum with the bias is rounded; each product of the rotation is rounded,
/// then their sum (rotary.h). kFast: fp32 up to the result. A projection that has already added its
/// bias (as the reference does, in one rounding) is given without one here.
///
/// \param qkv           float or bf16.
/// \param bias          the same views with one row, or undefined where there is none.
/// \param cos, sin      [num_angles, head_dim / 2], dense; dtype and device of q.
/// \param keys, values  [num_slots, capacity, num_kv_heads, head_dim], dense: one layer's cache;
///                      dtype and device of q.
/// \param out           [num_tokens, num_kv_heads * group, head_dim], dense; likewise.
/// Slots, positions, angles and rows are trusted: on a GPU one outside its tensor is undefined
/// behaviour.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Formula: see rotary.h.
void rotary_append(const QkvViews& qkv, const QkvViews& bias, const at::Tensor& cos,
                   const at::Tensor& sin, const TokenPlaces& places, Rounding rounding,
                   const at::Tensor& keys, const at::Tensor& values, const at::Tensor& out);

}  // namespace mono::kernels
