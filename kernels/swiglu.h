#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// The gated activation of a feed-forward block.
///
///   y = silu(gate) * up,   silu(a) = a / (1 + exp(-a))
///
/// silu is rounded to the dtype before the product.
///
/// \param gate, up  same shape, dtype and device; any float dtype.
/// \returns         the same shape, dtype and device.
/// \throws c10::Error if they differ or are no float tensors.
///
/// Formula: Shazeer 2020, arXiv:2002.05202, eq. 6.
at::Tensor swiglu(const at::Tensor& gate, const at::Tensor& up);

}  // namespace mono::kernels
