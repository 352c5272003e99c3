#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// rotary.h in ATen operations, for arguments that were checked.
at::Tensor rotary_fallback(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin);

}  // namespace mono::kernels
