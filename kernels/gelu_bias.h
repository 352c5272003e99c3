#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/rounding.h"

namespace mono::kernels {

/// The activation of the vision blocks, with the bias of the product before it.
///
///   out = gelu(x + bias),   gelu(a) = a / 2 * (1 + erf(a / sqrt(2)))
///
/// Rounding::kParity: x + bias is rounded, then the result. kFast: the result alone. A product that
/// has already added its bias (as the reference does, in one rounding) is given without one here.
///
/// \param x     [num_rows, width], dense; float or bf16.
/// \param bias  [width], or undefined where there is none; dtype and device of x.
/// \param out   [num_rows, width], dense; dtype and device of x; may be x.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Formula: Hendrycks and Gimpel 2016, arXiv:1606.08415, section 2 (the erf form, not tanh).
void gelu_bias_out(const at::Tensor& x, const at::Tensor& bias, Rounding rounding,
                   const at::Tensor& out);

}  // namespace mono::kernels
