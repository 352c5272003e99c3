#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// An elementwise operation on one tensor, of its shape and dtype.
using Elementwise = at::Tensor (*)(const at::Tensor&);

/// Applies an operation so that a row's bits do not depend on how many rows there are.
///
/// ATen's CPU loops take whole vectors and finish what is left, at the end of the tensor and of
/// each thread's share, one element at a time; exp, erf and cos then differ in the last bit. Where
/// such an end can fall inside a row, the rows are taken one by one.
///
/// \param x  [num_rows, width] or [..., width]; any float dtype, any device.
/// \returns  shape, dtype and device of x; dense.
at::Tensor row_wise(const at::Tensor& x, Elementwise operation);

/// x / 2 * (1 + erf(x / sqrt(2))), row by row as above. Hendrycks and Gimpel 2016,
/// arXiv:1606.08415.
at::Tensor gelu(const at::Tensor& x);

}  // namespace mono::kernels
