#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include <optional>

#include "kernels/cuda/float_type.h"
#include "kernels/few_row_linear_launch.h"
#include "kernels/few_row_swiglu_fallback.h"
#include "kernels/linear.h"

namespace mono::kernels {
namespace {

using T = __nv_bfloat16;

/// What both operators have in common.
FewRowLinearArguments arguments_for(const at::Tensor& x, const at::Tensor& weight, bool is_settled,
                                    const at::Tensor& out) {
  return {.x = data_of<T>(x),
          .weight = data_of<T>(weight),
          .y = mutable_data_of<T>(out),
          .x_distance = x.stride(0),
          .weight_distance = weight.stride(0),
          .y_distance = out.stride(0),
          .m = static_cast<int>(x.size(0)),
          .n = static_cast<int>(out.size(1)),
          .k = static_cast<int>(x.size(1)),
          .has_settled_weight = is_settled};
}

bool is_started(const FewRowLinearArguments& arguments) {
  const bool is_served = launch_few_row_linear(arguments, at::cuda::getCurrentCUDAStream());
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return is_served;
}

void few_row_linear_out_cuda(const at::Tensor& x, const at::Tensor& weight,
                             const std::optional<at::Tensor>& bias, bool is_settled,
                             const at::Tensor& out) {
  if (out.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(x.device());
  if (x.scalar_type() == at::kBFloat16) {
    auto arguments = arguments_for(x, weight, is_settled, out);
    arguments.bias = data_of<T>(bias);
    if (is_started(arguments)) return;
  }
  auto rows = at::zeros({kRowsPerChunk, x.size(1)}, x.options());
  rows.narrow(0, 0, x.size(0)).copy_(x);
  const auto products = linear(rows, weight, bias.value_or(at::Tensor()), RowPlan::kOneChunk);
  out.copy_(products.narrow(0, 0, x.size(0)));
}

void few_row_swiglu_out_cuda(const at::Tensor& x, const at::Tensor& gate_up, bool is_settled,
                             bool is_fast, const at::Tensor& out) {
  if (out.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(x.device());
  if (x.scalar_type() == at::kBFloat16) {
    auto arguments = arguments_for(x, gate_up, is_settled, out);
    arguments.is_gated = true;
    arguments.is_fast = is_fast;
    if (is_started(arguments)) return;
  }
  few_row_swiglu_in_two(x, gate_up, is_settled, is_fast, out);
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("few_row_linear_out", few_row_linear_out_cuda);
  m.impl("few_row_swiglu_out", few_row_swiglu_out_cuda);
}

}  // namespace mono::kernels
