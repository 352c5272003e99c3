#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

/// The operators of attention.h in ATen operations, for arguments that were checked.
namespace mono::kernels {

at::Tensor causal_attention_fallback(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                     bool is_eager);

at::Tensor causal_attention_in_blocks_fallback(const at::Tensor& q, const at::Tensor& k,
                                               const at::Tensor& v, int64_t begin, bool is_eager);

at::Tensor full_attention_fallback(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                   bool is_eager, bool is_free);

}  // namespace mono::kernels
