#pragma once

#include <ATen/core/Tensor.h>

namespace mono::kernels {

/// How the rows of a matrix product are grouped.
enum class RowPlan {
  kFree,     // all rows in one product; a row's last bits may depend on how many there are
  kChunked,  // a row's bits are its own. On the CPU: products of a fixed number of rows, the last
             // one padded. On a GPU: one algorithm that does not cut k for every number of rows, or
             // one that was seen to give its bits and is faster.
  kOneChunk  // exactly kRowsPerChunk rows, some of them padding; a row's bits are its own, but not
             // those of kChunked. On a GPU faster than it at few rows: k may be cut.
};

/// Rows of a product under RowPlan::kChunked and kOneChunk.
inline constexpr int64_t kRowsPerChunk = 64;

/// y = x weight^T + bias
///
/// \param x       [num_rows, in_features]; any float dtype; a view will do.
/// \param weight  [out_features, in_features]; dtype and device of x.
/// \param bias    [out_features], or undefined where there is none; dtype and device of x.
/// \returns       [num_rows, out_features]; dtype and device of x.
/// \throws c10::Error if a shape, dtype or device differs from the above, or num_rows is another
/// than kRowsPerChunk under kOneChunk.
at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                  RowPlan plan);

/// The same into a buffer. On a GPU nothing is allocated once a shape has its plan (gemm_plan.h).
/// \param out  [num_rows, out_features], rows dense; dtype and device of x.
void linear_out(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, RowPlan plan,
                const at::Tensor& out);

}  // namespace mono::kernels
