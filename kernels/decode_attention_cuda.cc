#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include "kernels/cuda/float_type.h"
#include "kernels/decode_attention.h"
#include "kernels/decode_attention_launch.h"

namespace mono::kernels {
namespace {

void decode_attention_cuda(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values,
                           const at::Tensor& slot, const at::Tensor& length, int64_t max_length,
                           const at::Tensor& scratch, const at::Tensor& out) {
  if (out.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(q.device());
  const int64_t num_heads = q.size(1);
  const int64_t num_splits = (max_length + kKeysPerSplit - 1) / kKeysPerSplit;
  constexpr int64_t kMostRows = 65535;  // the grid's z
  TORCH_CHECK(q.size(0) <= kMostRows, "decode_attention: at most ", kMostRows, " rows, got ",
              q.size(0));
  with_float_type("decode_attention", q.scalar_type(), [&](auto type) {
    using T = typename decltype(type)::type;
    auto* const sums = mutable_data_of<float>(scratch);
    const DecodeAttentionArguments<T> arguments{
        .q = data_of<T>(q),
        .keys = data_of<T>(keys),
        .values = data_of<T>(values),
        .slot = data_of<int32_t>(slot),
        .length = data_of<int32_t>(length),
        .sums = sums,
        .scales = sums + q.size(0) * num_heads * num_splits * q.size(2),
        .out = mutable_data_of<T>(out),
        .capacity = keys.size(1),
        .max_length = max_length,
        .num_rows = static_cast<int>(q.size(0)),
        .num_kv_heads = static_cast<int>(keys.size(2)),
        .group = static_cast<int>(num_heads / keys.size(2)),
        .head_dim = static_cast<int>(q.size(2))};
    TORCH_CHECK(launch_decode_attention(arguments, at::cuda::getCurrentCUDAStream()),
                "decode_attention: no kernel for ", q.size(2), " wide heads in groups of ",
                arguments.group);
  });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("decode_attention_out", decode_attention_cuda);
}

}  // namespace mono::kernels
