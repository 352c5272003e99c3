#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// What `causal_attention` and its kin ask of their operands.
/// \throws c10::Error beginning with `op`.
void check_attention(const char* op, const at::Tensor& q, const at::Tensor& k, const at::Tensor& v);

}  // namespace mono::kernels
