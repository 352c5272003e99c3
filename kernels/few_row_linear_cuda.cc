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

bool is_started(const at::Tensor& x, const at::Tensor& weight,
                const std::optional<at::Tensor>& bias, bool is_settled, bool is_gated,
                const at::Tensor& out) {
  if (x.scalar_type() != at::kBFloat16) return false;
  const bool is_served = launch_few_row_linear({.x = data_of<T>(x),
                                                .weight = data_of<T>(weight),
                                                .bias = data_of<T>(bias),
                                                .y = mutable_data_of<T>(out),
                                                .x_distance = x.stride(0),
                                                .weight_distance = weight.stride(0),
                                                .y_distance = out.stride(0),
                                                .m = static_cast<int>(x.size(0)),
                                                .n = static_cast<int>(out.size(1)),
                                                .k = static_cast<int>(x.size(1)),
                                                .has_settled_weight = is_settled,
                                                .is_gated = is_gated},
                                               at::cuda::getCurrentCUDAStream());
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  return is_served;
}

void few_row_linear_out_cuda(const at::Tensor& x, const at::Tensor& weight,
                             const std::optional<at::Tensor>& bias, bool is_settled,
                             const at::Tensor& out) {
  if (out.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(x.device());
  if (is_started(x, weight, bias, is_settled, /*is_gated=*/false, out)) return;
  auto rows = at::zeros({kRowsPerChunk, x.size(1)}, x.options());
  rows.narrow(0, 0, x.size(0)).copy_(x);
  const auto products = linear(rows, weight, bias.value_or(at::Tensor()), RowPlan::kOneChunk);
  out.copy_(products.narrow(0, 0, x.size(0)));
}

void few_row_swiglu_out_cuda(const at::Tensor& x, const at::Tensor& gate_up, bool is_settled,
                             const at::Tensor& out) {
  if (out.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(x.device());
  if (is_started(x, gate_up, std::nullopt, is_settled, /*is_gated=*/true, out)) return;
  few_row_swiglu_in_two(x, gate_up, is_settled, out);
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("few_row_linear_out", few_row_linear_out_cuda);
  m.impl("few_row_swiglu_out", few_row_swiglu_out_cuda);
}

}  // namespace mono::kernels
