#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// rms_norm.h in ATen operations, for arguments that were checked.
at::Tensor rms_norm_fallback(const at::Tensor& x, const at::Tensor& weight, double epsilon);

}  // namespace mono::kernels
