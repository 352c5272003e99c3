#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include "kernels/cuda/float_type.h"
#include "kernels/cuda/head_rows.h"
#include "kernels/rotary_append_launch.h"

namespace mono::kernels {
namespace {

using OptionalTensor = std::optional<at::Tensor>;

void rotary_append_cuda(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                        const OptionalTensor& q_bias, const OptionalTensor& k_bias,
                        const OptionalTensor& v_bias, const at::Tensor& cos, const at::Tensor& sin,
                        const at::Tensor& slot, const at::Tensor& position, const at::Tensor& angle,
                        const OptionalTensor& row, bool is_fast, const at::Tensor& keys,
                        const at::Tensor& values, const at::Tensor& out) {
  if (out.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(q.device());
  with_float_type("rotary_append", q.scalar_type(), [&](auto type) {
    using T = decltype(type)::type;
    launch_rotary_append(RotaryAppendArguments<T>{.q = head_rows<T>(q, q_bias),
                                                  .k = head_rows<T>(k, k_bias),
                                                  .v = head_rows<T>(v, v_bias),
                                                  .cos = data_of<T>(cos),
                                                  .sin = data_of<T>(sin),
                                                  .slot = data_of<int32_t>(slot),
                                                  .position = data_of<int32_t>(position),
                                                  .angle = data_of<int32_t>(angle),
                                                  .row = data_of<int32_t>(row),
                                                  .keys = mutable_data_of<T>(keys),
                                                  .values = mutable_data_of<T>(values),
                                                  .out = mutable_data_of<T>(out),
                                                  .num_tokens = slot.size(0),
                                                  .capacity = keys.size(1),
                                                  .num_kv_heads = static_cast<int>(q.size(1)),
                                                  .group = static_cast<int>(q.size(2)),
                                                  .head_dim = static_cast<int>(q.size(3)),
                                                  .is_fast = is_fast},
                         at::cuda::getCurrentCUDAStream());
  });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("rotary_append", rotary_append_cuda);
}

}  // namespace mono::kernels
