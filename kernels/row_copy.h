#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// out[i] = x[row[i]]; a negative row gives zeros (padding).
///
/// \param x    [num_rows, width], rows dense; any dtype. A table of embeddings will do.
/// \param row  int32 [num_taken], on x's device; trusted to lie below num_rows.
/// \param out  [num_taken, width], rows dense; dtype and device of x.
/// \throws c10::Error if a shape, dtype or device differs from the above.
void gather_rows_out(const at::Tensor& x, const at::Tensor& row, const at::Tensor& out);

/// out[row[i]] = x[i]; a negative row is written nowhere. No two rows may be the same.
///
/// \param x    [num_given, width], rows dense; any dtype.
/// \param row  int32 [num_given], on x's device; trusted to lie below num_rows.
/// \param out  [num_rows, width], rows dense; dtype and device of x; other rows stay.
/// \throws c10::Error if a shape, dtype or device differs from the above.
void scatter_rows_out(const at::Tensor& x, const at::Tensor& row, const at::Tensor& out);

}  // namespace mono::kernels
