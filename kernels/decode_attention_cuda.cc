#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include "kernels/cuda/float_type.h"
#include "kernels/cuda/head_rows.h"
#include "kernels/decode_attention.h"
#include "kernels/decode_attention_launch.h"
#include "kernels/rotary_decode_fallback.h"

namespace mono::kernels {
namespace {

// What both operators have in common.
template <typename T>
DecodeAttentionArguments<T> arguments_for(const at::Tensor& keys, const at::Tensor& values,
                                          const at::Tensor& slot, const at::Tensor& length,
                                          int64_t max_length, const at::Tensor& sums,
                                          const at::Tensor& arrivals, const at::Tensor& out) {
  const int64_t num_rows = out.size(0);
  const int64_t num_heads = out.size(1) / keys.size(3);
  const int64_t num_splits = (max_length + kKeysPerSplit - 1) / kKeysPerSplit;
  constexpr int64_t kMostRows = 65535;  // the grid's z
  TORCH_CHECK(num_rows <= kMostRows, "decode_attention: at most ", kMostRows, " rows, got ",
              num_rows);
  auto* const to = mutable_data_of<float>(sums);
  return {.keys = data_of<T>(keys),
          .values = data_of<T>(values),
          .slot = data_of<int32_t>(slot),
          .length = data_of<int32_t>(length),
          .sums = to,
          .scales = to + num_rows * num_heads * num_splits * keys.size(3),
          .arrivals = mutable_data_of<int32_t>(arrivals),
          .out = mutable_data_of<T>(out),
          .capacity = keys.size(1),
          .max_length = max_length,
          .num_rows = static_cast<int>(num_rows),
          .num_kv_heads = static_cast<int>(keys.size(2)),
          .group = static_cast<int>(num_heads / keys.size(2)),
          .head_dim = static_cast<int>(keys.size(3))};
}

void decode_attention_cuda(const at::Tensor& q, const at::Tensor& keys, const at::Tensor& values,
                           const at::Tensor& slot, const at::Tensor& length, int64_t max_length,
                           const at::Tensor& sums, const at::Tensor& arrivals,
                           const at::Tensor& out) {
  if (out.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(q.device());
  with_float_type("decode_attention", q.scalar_type(), [&](auto type) {
    using T = decltype(type)::type;
    auto arguments = arguments_for<T>(keys, values, slot, length, max_length, sums, arrivals, out);
    arguments.q = data_of<T>(q);
    TORCH_CHECK(launch_decode_attention(arguments, at::cuda::getCurrentCUDAStream()),
                "decode_attention: no kernel for ", q.size(2), " wide heads in groups of ",
                arguments.group);
  });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

void rotary_decode_attention_cuda(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                  const at::Tensor& cos, const at::Tensor& sin,
                                  const at::Tensor& slot, const at::Tensor& position,
                                  const at::Tensor& angle, const std::optional<at::Tensor>& row,
                                  bool is_fast, const at::Tensor& keys, const at::Tensor& values,
                                  const at::Tensor& length, int64_t max_length,
                                  const at::Tensor& sums, const at::Tensor& arrivals,
                                  const at::Tensor& out) {
  if (out.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(q.device());
  bool is_served = false;
  with_float_type("rotary_decode_attention", q.scalar_type(), [&](auto type) {
    using T = decltype(type)::type;
    auto arguments = arguments_for<T>(keys, values, slot, length, max_length, sums, arrivals, out);
    arguments.append = {.q = head_rows<T>(q, std::nullopt),
                        .k = head_rows<T>(k, std::nullopt),
                        .v = head_rows<T>(v, std::nullopt),
                        .cos = data_of<T>(cos),
                        .sin = data_of<T>(sin),
                        .slot = arguments.slot,
                        .position = data_of<int32_t>(position),
                        .angle = data_of<int32_t>(angle),
                        .row = data_of<int32_t>(row),
                        .keys = mutable_data_of<T>(keys),
                        .values = mutable_data_of<T>(values),
                        .num_tokens = out.size(0),
                        .capacity = arguments.capacity,
                        .num_kv_heads = arguments.num_kv_heads,
                        .group = arguments.group,
                        .head_dim = arguments.head_dim,
                        .is_fast = is_fast};
    is_served = launch_decode_attention(arguments, at::cuda::getCurrentCUDAStream());
  });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
  if (is_served) return;
  rotary_decode_in_two(q, k, v, cos, sin, slot, position, angle, row, is_fast, keys, values, length,
                       max_length, sums, arrivals, out);
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("decode_attention_out", decode_attention_cuda);
  m.impl("rotary_decode_attention_out", rotary_decode_attention_cuda);
}

}  // namespace mono::kernels
