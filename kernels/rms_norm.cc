#include "kernels/rms_norm.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/rms_norm_fallback.h"

namespace mono::kernels {

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  TORCH_CHECK(x.dim() >= 1 && x.is_floating_point(),
              "rms_norm: x must be a float tensor [..., hidden_size], got ", x.scalar_type(), " ",
              x.sizes());
  TORCH_CHECK(weight.sizes() == x.sizes().slice(x.dim() - 1), "rms_norm: weight must be [",
              x.size(-1), "], got ", weight.sizes());
  TORCH_CHECK(weight.scalar_type() == x.scalar_type() && weight.device() == x.device(),
              "rms_norm: weight is ", weight.scalar_type(), " on ", weight.device(), ", x is ",
              x.scalar_type(), " on ", x.device());
  TORCH_CHECK(epsilon >= 0, "rms_norm: epsilon must not be negative, got ", epsilon);

  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::rms_norm", "")
                             .typed<decltype(rms_norm)>();
  return op.call(x, weight, epsilon);
}

at::Tensor rms_norm_fallback(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
  const auto x32 = x.to(at::kFloat);
  const auto inverse_rms = x32.square().mean(-1, /*keepdim=*/true).add_(epsilon).rsqrt_();
  return at::mul(x32, inverse_rms).to(x.scalar_type()).mul_(weight);
}

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("rms_norm(Tensor x, Tensor weight, float epsilon) -> Tensor");
}

// Serves every device; rms_norm_cuda.cc takes over for CUDA.
TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("rms_norm", rms_norm_fallback);
}

}  // namespace mono::kernels
