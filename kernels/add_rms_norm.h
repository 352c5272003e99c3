#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/rounding.h"

namespace mono::kernels {

/// How `add_rms_norm` finds its rows; each int32 [num_rows] on the residual's device, or undefined
/// for "row i".
struct NormRows {
  at::Tensor delta{};  // the row of `delta` that is added to residual row i
  at::Tensor out{};    // the row of `out` that takes the norm of residual row i; negative: none
};

/// Adds a block's output to the residual stream and normalises the sum for the next block.
///
///   residual[i] += delta[rows.delta[i]]
///   out[rows.out[i]] = weight * (residual[i] / sqrt(mean(residual[i]^2) + epsilon))
///
/// Permuting here costs nothing, so the residual stream keeps the order of the sequence while the
/// matrix products see the rows of each expert together.
///
/// Rounding::kParity: as `residual.add_(delta)` and then `rms_norm`: the sum is rounded, the
/// quotient is rounded, the product is rounded. kFast: the norm is that of the sum before it was
/// rounded, and is rounded once.
///
/// \param residual  [num_rows, hidden_size], dense; float or bf16; changed in place.
/// \param delta     [num_delta_rows, hidden_size], dense; dtype and device of residual; undefined:
///                  nothing is added.
/// \param weight    [hidden_size]; dtype and device of residual.
/// \param epsilon   added to the mean square; not negative.
/// \param out       [num_out_rows, hidden_size], dense; no two rows of `rows.out` are the same.
/// Row numbers are trusted: on a GPU one outside its tensor is undefined behaviour.
/// \throws c10::Error if a shape, dtype or device differs from the above.
///
/// Formula: see rms_norm.h.
void add_rms_norm_out(const at::Tensor& residual, const at::Tensor& delta, const at::Tensor& weight,
                      double epsilon, const NormRows& rows, Rounding rounding,
                      const at::Tensor& out);

}  // namespace mono::kernels
