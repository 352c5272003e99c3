#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// Space to depth: each square of factor x factor patches becomes one token, f = factor.
///
///   y[t, r * side + c, (f * dy + dx) * channels + ch] = x[t, (f*r + dy) * grid + f*c + dx, ch],
///   side = grid / f,   dy, dx < f
///
/// \param x           [num_tiles, grid * grid, channels], row-major grid; a view will do.
/// \param factor      1 / downsample_ratio; divides grid.
/// \param transposes  token c * side + r instead of r * side + c (ps_version v1).
/// \returns           [num_tiles, side * side, f * f * channels], dense.
/// \throws c10::Error if the patches form no square or factor does not divide it.
///
/// Formula: OpenGVLab/InternVL@2410d1d,
/// internvl_chat/internvl/model/internvl_chat/modeling_internvl_chat.py, pixel_shuffle.
at::Tensor pixel_shuffle(const at::Tensor& x, int64_t factor, bool transposes);

}  // namespace mono::kernels
