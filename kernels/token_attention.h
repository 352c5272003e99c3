#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/attention.h"

namespace mono::kernels {

/// Causal attention of the newest token of a sequence: `causal_attention` of one query, whose bits
/// depend on that token and its keys alone, not on what else is read with it.
///
/// \param q     [1, num_heads, head_dim]; rotated.
/// \param k, v  [num_kv_heads, length, head_dim]; every position so far, the token's own last;
///              views of a cache will do.
/// \returns     [1, num_heads * head_dim]; dtype and device of q.
/// \throws c10::Error as `causal_attention`, or where q has another number of rows.
at::Tensor token_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                           AttentionKind kind);

}  // namespace mono::kernels
