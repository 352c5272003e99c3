#pragma once

#include <ATen/core/Tensor.h>

/// The gated product of few_row_linear.h as two operators, for arguments that were checked.
namespace mono::kernels {

void few_row_swiglu_in_two(const at::Tensor& x, const at::Tensor& gate_up, bool is_settled,
                           bool is_fast, const at::Tensor& out);

}  // namespace mono::kernels
