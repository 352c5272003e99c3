#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include "kernels/cuda/float_type.h"
#include "kernels/gelu_bias_launch.h"

namespace mono::kernels {
namespace {

void gelu_bias_cuda(const at::Tensor& x, const std::optional<at::Tensor>& bias, bool is_fast,
                    const at::Tensor& out) {
  if (x.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(x.device());
  with_float_type("gelu_bias", x.scalar_type(), [&](auto type) {
    using T = decltype(type)::type;
    launch_gelu_bias(GeluBiasArguments<T>{.x = data_of<T>(x),
                                          .bias = data_of<T>(bias),
                                          .out = mutable_data_of<T>(out),
                                          .num_rows = x.size(0),
                                          .width = x.size(1),
                                          .is_fast = is_fast},
                     at::cuda::getCurrentCUDAStream());
  });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("gelu_bias_out", gelu_bias_cuda);
}

}  // namespace mono::kernels
