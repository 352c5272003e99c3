#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/linear.h"

namespace mono::kernels {

/// Two roundings of the same formula; the reference has both.
enum class AttentionKind {
  kFused,  // fp32 scores and sums (flash, cuDNN); the probabilities may be rounded to bf16, so the
           // bits depend on the device and the processor
  kEager,  // scores, probabilities and output each rounded to the dtype, softmax in fp32
};

/// Causal attention of the newest tokens of a sequence to all of it, grouped query heads.
///
///   out[n, h] = softmax(q[n, h] . k[h / group]^T / sqrt(head_dim)) v[h / group],
///   over the first length - num_tokens + n + 1 rows of k and v
///
/// \param q     [num_tokens, num_heads, head_dim]; the last num_tokens positions, rotated.
/// \param k, v  [num_kv_heads, length, head_dim]; every position so far; views of a cache will do.
/// \returns     [num_tokens, num_heads * head_dim]; dtype and device of q.
/// \throws c10::Error if a shape, dtype or device differs from the above, or num_heads is no
/// multiple of num_kv_heads.
///
/// Rounding of kEager: OpenGVLab/Mono-InternVL@5b17ab4,
/// internvl/model/internlm2/modeling_internlm2_ve.py, InternLM2Attention.forward.
at::Tensor causal_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            AttentionKind kind);

/// Query positions of one product of `causal_attention_in_blocks`.
inline constexpr int64_t kPositionsPerBlock = 64;

/// The same formula in products whose shape depends on the position alone: the queries of positions
/// [64 b, 64 (b + 1)) against keys [0, 64 (b + 1)), whatever part of them this call asks for. So a
/// row's bits do not depend on how many tokens are read at a time, nor on whether the ones before
/// it came from a cache.
///
/// \param q      [num_tokens, num_heads, head_dim]; positions begin, begin + 1, ..., rotated.
/// \param k, v   [num_kv_heads, padded_length, head_dim]; padded_length is begin + num_tokens
///               rounded up to a multiple of 64; finite numbers behind begin + num_tokens.
/// \param begin  position of the first query; not negative.
/// \returns      [num_tokens, num_heads * head_dim]; dtype and device of q.
/// \throws c10::Error as `causal_attention`.
at::Tensor causal_attention_in_blocks(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                      int64_t begin, AttentionKind kind);

/// Attention of every row of a tile to all of them.
///
///   out[t, h, n] = softmax(q[t, h, n] . k[t, h]^T / sqrt(head_dim)) v[t, h]
///
/// \param q, k, v  [num_tiles, num_heads, num_rows, head_dim]; views will do.
/// \param plan     kFree lets a tile's bits depend on how many tiles there are.
/// \returns        the same shape; dtype and device of q.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Rounding of kEager: the scale is applied to q, before the product. OpenGVLab/InternVL@2410d1d,
/// internvl_chat/internvl/model/internvl_chat/modeling_intern_vit.py, InternAttention._naive_attn.
at::Tensor full_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                          AttentionKind kind, RowPlan plan);

}  // namespace mono::kernels
