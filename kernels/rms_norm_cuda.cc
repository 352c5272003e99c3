#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <torch/library.h>

#include <limits>

#include "kernels/rms_norm_launch.h"

namespace mono::kernels {
namespace {

template <typename T>
void launch(const at::Tensor& x, const at::Tensor& weight, at::Tensor& out, double epsilon) {
  const int64_t hidden_size = x.size(-1);
  launch_rms_norm(static_cast<const T*>(x.const_data_ptr()),
                  static_cast<const T*>(weight.const_data_ptr()),
                  static_cast<T*>(out.mutable_data_ptr()), x.numel() / hidden_size, hidden_size,
                  static_cast<float>(epsilon), at::cuda::getCurrentCUDAStream());
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

at::Tensor rms_norm_cuda(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  const c10::cuda::CUDAGuard device_guard(x.device());
  const auto rows = x.contiguous();
  const auto scale = weight.contiguous();
  auto out = at::empty_like(rows);
  if (out.numel() == 0) return out;
  TORCH_CHECK(rows.numel() / rows.size(-1) <= std::numeric_limits<int32_t>::max(),
              "rms_norm: at most 2^31 - 1 rows, got ", rows.sizes());

  switch (rows.scalar_type()) {
    case at::kFloat:
      launch<float>(rows, scale, out, epsilon);
      break;
    case at::kHalf:
      launch<__half>(rows, scale, out, epsilon);
      break;
    case at::kBFloat16:
      launch<__nv_bfloat16>(rows, scale, out, epsilon);
      break;
    default:
      TORCH_CHECK(false, "rms_norm: no CUDA kernel for ", rows.scalar_type());
  }
  return out;
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("rms_norm", rms_norm_cuda);
}

}  // namespace mono::kernels
