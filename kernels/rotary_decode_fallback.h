#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

/// `rotary_decode_attention_out` (decode_attention.h) as two operators, for checked arguments.
namespace mono::kernels {

void rotary_decode_in_two(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                          const at::Tensor& cos, const at::Tensor& sin, const at::Tensor& slot,
                          const at::Tensor& position, const at::Tensor& angle,
                          const std::optional<at::Tensor>& row, bool is_fast,
                          const at::Tensor& keys, const at::Tensor& values,
                          const at::Tensor& length, int64_t max_length, const at::Tensor& sums,
                          const at::Tensor& arrivals, const at::Tensor& out);

}  // namespace mono::kernels
