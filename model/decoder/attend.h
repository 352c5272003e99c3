#pragma once

#include <ATen/core/Tensor.h>

#include "model/decoder/decoder.h"

namespace mono::model {

/// Attention of queries [num_tokens, num_heads, head_dim] of a stretch of a prompt whose keys and
/// values are in its cache.
/// \returns [num_tokens, num_heads * head_dim]
at::Tensor attend_to_cache(const at::Tensor& q, const Stretch& stretch, size_t layer,
                           const DecoderOptions& options);

/// The same of one token of an answer, [1, num_heads, head_dim], with bits of its own.
at::Tensor attend_from_token(const at::Tensor& q, const Stretch& stretch, size_t layer,
                             kernels::AttentionKind kind);

}  // namespace mono::model
