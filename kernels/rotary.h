#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// Rotary position embedding, half-rotation form.
///
///   y[n, h, i]        = x[n, h, i] * cos[n, i] - x[n, h, i + half] * sin[n, i]
///   y[n, h, i + half] = x[n, h, i + half] * cos[n, i] + x[n, h, i] * sin[n, i],   i < half
///
/// Each product is rounded to x's dtype, then the sum.
///
/// \param x         [num_tokens, heads..., head_dim]; any float dtype; a view will do.
/// \param cos, sin  [num_tokens, half]; half = head_dim / 2; dtype and device of x.
/// \returns         shape, dtype and device of x; dense.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Formula: Su et al. 2021, arXiv:2104.09864, eq. 34, with the pairs (i, i + half) of
/// OpenGVLab/Mono-InternVL@5b17ab4, internvl/model/internlm2/modeling_internlm2_ve.py, rotate_half.
at::Tensor rotary(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin);

}  // namespace mono::kernels
