#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// The residual stream after a branch with a scale of its own for each channel ("layer scale").
///
///   y = residual + branch * scale
///
/// The product is rounded to the dtype before the sum, which is rounded again.
///
/// \param residual, branch  [..., hidden_size]; any float dtype; same shape, dtype and device.
/// \param scale             [hidden_size]; dtype and device of residual.
/// \returns                 [..., hidden_size]; dtype and device of residual.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Formula: Touvron et al. 2021, arXiv:2103.17239, section 2. Rounding: OpenGVLab/InternVL@2410d1d,
/// internvl_chat/internvl/model/internvl_chat/modeling_intern_vit.py, InternVisionEncoderLayer.
at::Tensor scaled_residual(const at::Tensor& residual, const at::Tensor& branch,
                           const at::Tensor& scale);

}  // namespace mono::kernels
