#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/rounding.h"

namespace mono::kernels {

/// Weights of a layer normalisation, [width] each.
struct LayerNormWeights {
  at::Tensor weight{};
  at::Tensor bias{};
  double epsilon = 0;  // added to the variance; not negative
};

/// Layer normalisation over each row.
///
///   out = (x - mean(x)) / sqrt(variance(x) + epsilon) * weight + bias,   variance over width
///
/// In fp32, rounded once.
///
/// \param x    [num_rows, width], dense; float or bf16.
/// \param out  [num_rows, width], dense; dtype and device of x; may be x.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Formula: Ba, Kiros and Hinton 2016, arXiv:1607.06450, eq. 4.
void layer_norm_out(const at::Tensor& x, const LayerNormWeights& norm, const at::Tensor& out);

/// Adds the scaled output of a block to the residual stream.
///
///   residual += scale * delta
///
/// Rounding::kParity: the product is rounded, then the sum. kFast: the sum alone.
///
/// \param residual  [num_rows, width], dense; float or bf16; changed in place.
/// \param delta     [num_rows, width], dense; dtype and device of residual.
/// \param scale     [width] (LayerScale); dtype and device of residual.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Formula: Touvron et al. 2021, arXiv:2103.17239, eq. 1; OpenGVLab/Mono-InternVL@5b17ab4,
/// internvl/model/internvl_chat/modeling_intern_vit.py, InternVisionEncoderLayer.forward.
void layer_scale_residual(const at::Tensor& residual, const at::Tensor& delta,
                          const at::Tensor& scale, Rounding rounding);

/// Both: `layer_scale_residual`, then `layer_norm_out` of the residual. Under kFast the norm is
/// that of the sum before it was rounded.
void add_layer_norm_out(const at::Tensor& residual, const at::Tensor& delta,
                        const at::Tensor& scale, const LayerNormWeights& norm, Rounding rounding,
                        const at::Tensor& out);

}  // namespace mono::kernels
