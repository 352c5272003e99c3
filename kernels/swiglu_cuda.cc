#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include "kernels/cuda/float_type.h"
#include "kernels/swiglu_launch.h"

namespace mono::kernels {
namespace {

void swiglu_out_cuda(const at::Tensor& gate, const at::Tensor& up, bool is_fast,
                     const at::Tensor& out) {
  if (gate.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(gate.device());
  with_float_type("swiglu", gate.scalar_type(), [&](auto type) {
    using T = decltype(type)::type;
    launch_swiglu(SwigluArguments<T>{.gate = data_of<T>(gate),
                                     .up = data_of<T>(up),
                                     .out = mutable_data_of<T>(out),
                                     .gate_distance = gate.stride(0),
                                     .up_distance = up.stride(0),
                                     .out_distance = out.stride(0),
                                     .num_rows = gate.size(0),
                                     .width = gate.size(1),
                                     .is_fast = is_fast},
                  at::cuda::getCurrentCUDAStream());
  });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

at::Tensor swiglu_cuda(const at::Tensor& gate, const at::Tensor& up) {
  const auto out = at::empty(gate.sizes(), gate.options());
  if (gate.numel() == 0) return out;
  const auto rows = [](const at::Tensor& x) { return x.contiguous().view({-1, x.size(-1)}); };
  swiglu_out_cuda(rows(gate), rows(up), /*is_fast=*/false, rows(out));
  return out;
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("swiglu", swiglu_cuda);
  m.impl("swiglu_out", swiglu_out_cuda);
}

}  // namespace mono::kernels
