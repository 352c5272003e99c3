#include <ATen/ATen.h>
#include <ATen/ops/_flash_attention_forward.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include <algorithm>

#include "kernels/attention.h"
#include "kernels/attention_fallback.h"

namespace mono::kernels {
namespace {

constexpr int64_t kMaxFlashHeadDim = 256;

bool flash_serves(const at::Tensor& q, bool is_eager) {
  return !is_eager && q.scalar_type() == at::kBFloat16 && q.size(2) % 8 == 0 &&
         q.size(2) <= kMaxFlashHeadDim;
}

// A row's sums go over fixed blocks of keys counted from position 0, whatever queries stand beside
// it. One query alone would be computed another way (its keys cut by the number of processors),
// hence never a bound of 1.
at::Tensor flash(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t length) {
  const int64_t num_tokens = q.size(0);
  const auto ends = at::tensor({int64_t{0}, num_tokens, int64_t{0}, length}, at::kInt)
                        .to(q.device(), /*non_blocking=*/true);
  const auto by_position = [&](const at::Tensor& cache) {
    return cache.slice(1, 0, length).transpose(0, 1);  // [length, num_kv_heads, head_dim]
  };
  const auto out = std::get<0>(at::_flash_attention_forward(
      q, by_position(k), by_position(v), ends.slice(0, 0, 2), ends.slice(0, 2, 4),
      std::max<int64_t>(num_tokens, 2), length, /*dropout_p=*/0, /*is_causal=*/true,
      /*return_debug_mask=*/false));
  return out.reshape({num_tokens, -1});
}

at::Tensor causal_attention_cuda(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                 bool is_eager) {
  if (!flash_serves(q, is_eager)) return causal_attention_fallback(q, k, v, is_eager);
  const c10::cuda::CUDAGuard device_guard(q.device());
  return flash(q, k, v, k.size(1));
}

at::Tensor attention_in_blocks_cuda(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                    int64_t begin, bool is_eager) {
  if (!flash_serves(q, is_eager)) {
    return causal_attention_in_blocks_fallback(q, k, v, begin, is_eager);
  }
  const c10::cuda::CUDAGuard device_guard(q.device());
  return flash(q, k, v, begin + q.size(0));
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("causal_attention", causal_attention_cuda);
  m.impl("causal_attention_in_blocks", attention_in_blocks_cuda);
}

}  // namespace mono::kernels
