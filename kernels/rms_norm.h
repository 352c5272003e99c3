#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// Root-mean-square normalisation over the last dimension.
///
///   y = weight * (x / sqrt(mean(x^2) + epsilon))
///
/// Mean and quotient are fp32; the quotient is rounded to x's dtype before the product, which is
/// rounded again.
///
/// \param x        [..., hidden_size]; any float dtype.
/// \param weight   [hidden_size]; dtype and device of x.
/// \param epsilon  added to the mean square; not negative.
/// \returns        [..., hidden_size]; dtype and device of x.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Formula: Zhang and Sennrich 2019, arXiv:1910.07467, eq. 4.
/// Rounding: OpenGVLab/Mono-InternVL@5b17ab4,
/// internvl/model/internlm2/modeling_internlm2_ve.py:138.
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double epsilon);

}  // namespace mono::kernels
