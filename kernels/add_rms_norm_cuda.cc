#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include "kernels/add_rms_norm_launch.h"
#include "kernels/cuda/float_type.h"

namespace mono::kernels {
namespace {

using OptionalTensor = std::optional<at::Tensor>;

void add_rms_norm_cuda(const at::Tensor& residual, const OptionalTensor& delta,
                       const OptionalTensor& delta_row, const at::Tensor& weight, double epsilon,
                       const OptionalTensor& out_row, bool is_fast, const at::Tensor& out) {
  if (residual.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(residual.device());
  with_float_type("add_rms_norm", residual.scalar_type(), [&](auto type) {
    using T = decltype(type)::type;
    const AddRmsNormArguments<T> arguments{.residual = mutable_data_of<T>(residual),
                                           .delta = data_of<T>(delta),
                                           .delta_row = data_of<int32_t>(delta_row),
                                           .weight = data_of<T>(weight),
                                           .out_row = data_of<int32_t>(out_row),
                                           .out = mutable_data_of<T>(out),
                                           .num_rows = residual.size(0),
                                           .hidden_size = residual.size(1),
                                           .epsilon = static_cast<float>(epsilon),
                                           .is_fast = is_fast};
    TORCH_CHECK(launch_add_rms_norm(arguments, at::cuda::getCurrentCUDAStream()),
                "add_rms_norm: no kernel for rows of ", residual.size(1), " values");
  });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("add_rms_norm_out", add_rms_norm_cuda);
}

}  // namespace mono::kernels
