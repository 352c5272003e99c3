#pragma once

#include <ATen/core/Tensor.h>

#include <optional>

#include "kernels/cuda/float_type.h"
#include "kernels/rotary_append_launch.h"

namespace mono::kernels {

/// \param heads  [num_rows, num_kv_heads, group, head_dim], or without the group.
template <typename T>
HeadRows<T> head_rows(const at::Tensor& heads, const std::optional<at::Tensor>& bias) {
  HeadRows<T> rows{.data = data_of<T>(heads),
                   .bias = data_of<T>(bias),
                   .row_distance = heads.stride(0),
                   .group_distance = heads.stride(1),
                   .head_distance = heads.dim() == 4 ? heads.stride(2) : 0};
  if (bias) {
    rows.bias_group_distance = bias->stride(1);
    rows.bias_head_distance = bias->dim() == 4 ? bias->stride(2) : 0;
  }
  return rows;
}

}  // namespace mono::kernels
