#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include "kernels/cuda/float_type.h"
#include "kernels/layer_norm_launch.h"

namespace mono::kernels {
namespace {

using OptionalTensor = std::optional<at::Tensor>;

void layer_norm_cuda(const at::Tensor& residual, const OptionalTensor& delta,
                     const OptionalTensor& scale, const OptionalTensor& weight,
                     const OptionalTensor& bias, double epsilon, bool is_fast,
                     const OptionalTensor& out) {
  if (residual.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(residual.device());
  with_float_type("layer_norm", residual.scalar_type(), [&](auto type) {
    using T = decltype(type)::type;
    const LayerNormArguments<T> arguments{
        .x = data_of<T>(residual),
        .residual = delta ? mutable_data_of<T>(residual) : nullptr,
        .delta = data_of<T>(delta),
        .scale = data_of<T>(scale),
        .weight = data_of<T>(weight),
        .bias = data_of<T>(bias),
        .out = out ? mutable_data_of<T>(*out) : nullptr,
        .num_rows = residual.size(0),
        .width = residual.size(1),
        .epsilon = static_cast<float>(epsilon),
        .is_fast = is_fast};
    TORCH_CHECK(launch_layer_norm(arguments, at::cuda::getCurrentCUDAStream()),
                "layer_norm: no kernel for rows of ", residual.size(1), " values");
  });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("add_layer_norm_out", layer_norm_cuda);
}

}  // namespace mono::kernels
