#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/rounding.h"

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

/// The same into a buffer; under Rounding::kFast silu stays in fp32.
///
/// \param gate, up  [num_rows, width], rows dense; float or bf16; halves of one tensor will do.
/// \param out       [num_rows, width], rows dense; dtype and device of gate; may be gate.
/// \throws c10::Error if a shape, dtype or device differs from the above.
void swiglu_out(const at::Tensor& gate, const at::Tensor& up, Rounding rounding,
                const at::Tensor& out);

/// The same from one product: gate is the first half of each row, up the second.
///
/// \param gate_up  [num_rows, 2 * width], rows dense.
void swiglu_out(const at::Tensor& gate_up, Rounding rounding, const at::Tensor& out);

}  // namespace mono::kernels
