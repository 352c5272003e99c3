#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "kernels/decode_attention.h"
#include "kernels/rotary_append.h"

/// What rotary_append and decode_attention demand, for the operator that does both. Each throws
/// c10::Error naming argument, what was expected and what came.
namespace mono::kernels {

/// All arguments of `rotary_append` without a bias but `out`.
void check_rotary_append(const QkvViews& qkv, const at::Tensor& cos, const at::Tensor& sin,
                         const TokenPlaces& places, const at::Tensor& keys,
                         const at::Tensor& values);

/// All arguments of `decode_attention_out` but the queries, whose shape is given.
/// \param like  a tensor of their dtype and device
void check_decode_attention(int64_t num_rows, int64_t num_heads, int64_t head_dim,
                            const at::Tensor& like, const at::Tensor& keys,
                            const at::Tensor& values, const at::Tensor& slot,
                            const at::Tensor& length, int64_t max_length,
                            const DecodeScratch& scratch, const at::Tensor& out);

}  // namespace mono::kernels
