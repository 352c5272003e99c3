#include <ATen/ATen.h>
#include <torch/library.h>

#include <algorithm>

#include "kernels/rotary_fallback.h"

namespace mono::kernels {
namespace {

/// One product or sum, rounded as ATen rounds it.
at::BFloat16 product(at::BFloat16 a, at::BFloat16 b) {
  return static_cast<float>(a) * static_cast<float>(b);
}

struct Angle {
  const at::BFloat16* cos = nullptr;  // [half]
  const at::BFloat16* sin = nullptr;
};

void rotate(const at::BFloat16* x, const Angle& angle, int64_t half, at::BFloat16* y) {
  for (int64_t i = 0; i < half; ++i) {
    const auto first = x[i], second = x[half + i];
    const auto cos = angle.cos[i], sin = angle.sin[i];
    y[i] = static_cast<float>(product(first, cos)) - static_cast<float>(product(second, sin));
    y[half + i] =
        static_cast<float>(product(second, cos)) + static_cast<float>(product(first, sin));
  }
}

// A few rows; passes over prompts are as fast in ATen's operations, which share them out.
constexpr int64_t kMostTokens = 4;

at::Tensor rotary_cpu(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
  if (x.scalar_type() != at::kBFloat16 || x.size(0) > kMostTokens) {
    return rotary_fallback(x, cos, sin);
  }
  const auto dense = x.contiguous(), all_cos = cos.contiguous(), all_sin = sin.contiguous();
  auto y = at::empty_like(dense);
  const int64_t head_dim = x.size(-1), half = head_dim / 2;
  const int64_t num_heads = x.numel() / std::max<int64_t>(1, x.size(0) * head_dim);
  for (int64_t token = 0; token < x.size(0); ++token) {
    const Angle angle{.cos = all_cos.const_data_ptr<at::BFloat16>() + token * half,
                      .sin = all_sin.const_data_ptr<at::BFloat16>() + token * half};
    for (int64_t head = token * num_heads; head < (token + 1) * num_heads; ++head) {
      rotate(dense.const_data_ptr<at::BFloat16>() + head * head_dim, angle, half,
             y.mutable_data_ptr<at::BFloat16>() + head * head_dim);
    }
  }
  return y;
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CPU, m) {
  m.impl("rotary", rotary_cpu);
}

}  // namespace mono::kernels
