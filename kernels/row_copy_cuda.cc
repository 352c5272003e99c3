#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include "kernels/row_copy_launch.h"

namespace mono::kernels {
namespace {

void copy_rows_cuda(const at::Tensor& x, const at::Tensor& row, bool is_scatter,
                    const at::Tensor& out) {
  if (row.numel() == 0 || x.size(1) == 0) return;
  const c10::cuda::CUDAGuard device_guard(x.device());
  const int64_t element_bytes = x.element_size();
  launch_row_copy({.x = x.const_data_ptr(),
                   .out = out.mutable_data_ptr(),
                   .row = row.const_data_ptr<int32_t>(),
                   .x_distance = x.stride(0) * element_bytes,
                   .out_distance = out.stride(0) * element_bytes,
                   .row_bytes = x.size(1) * element_bytes,
                   .num_copied = row.size(0),
                   .is_scatter = is_scatter},
                  at::cuda::getCurrentCUDAStream());
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("copy_rows_out", copy_rows_cuda);
}

}  // namespace mono::kernels
