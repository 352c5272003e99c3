#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/rounding.h"

namespace mono::kernels {

/// Whether anything started before may still write a weight.
enum class WeightUse {
  kAny,
  kSettled,  // nothing does: it was written before and the device has been waited for since
};

/// `linear_out` (linear.h) of at most kRowsPerChunk rows, as a step of generated tokens has them. A
/// row's bits do not depend on how many rows there are, nor on what they hold; they are not those
/// of another operator.
///
/// On a GPU bf16 weights are read once, by a kernel that a single row fills; what it cannot serve,
/// and fp32, is padded to kRowsPerChunk rows under RowPlan::kOneChunk. On the CPU bf16
/// weights are read once as well (row_dots.h); fp32 is RowPlan::kChunked.
///
/// \param x       [num_rows, in_features], rows dense.
/// \param weight  [out_features, in_features], rows dense; dtype and device of x.
/// \param bias    [out_features], or undefined where there is none; dtype and device of x.
/// \param use     kSettled lets a GPU read the weight while earlier work still runs.
/// \param out     [num_rows, out_features], rows dense; dtype and device of x.
/// \throws c10::Error if a shape, dtype or device differs from the above.
void few_row_linear_out(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                        WeightUse use, const at::Tensor& out);

/// The gated half of a feed-forward block: `few_row_linear_out`, then `swiglu_out` of the products,
/// with the same bits. A GPU writes the products nowhere.
///
/// \param x        [num_rows, in_features], rows dense.
/// \param gate_up  [2 width, in_features], rows dense: gate, then up; dtype and device of x.
/// \param out      [num_rows, width], rows dense; dtype and device of x.
/// \throws c10::Error if a shape, dtype or device differs from the above.
void few_row_swiglu_out(const at::Tensor& x, const at::Tensor& gate_up, WeightUse use,
                        Rounding rounding, const at::Tensor& out);

}  // namespace mono::kernels
