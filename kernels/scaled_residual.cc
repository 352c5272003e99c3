#include "kernels/scaled_residual.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

namespace mono::kernels {

at::Tensor scaled_residual(const at::Tensor& residual, const at::Tensor& branch,
                           const at::Tensor& scale) {
  TORCH_CHECK(residual.dim() >= 1 && residual.is_floating_point(),
              "scaled_residual: residual must be a float tensor [..., hidden_size], got ",
              residual.scalar_type(), " ", residual.sizes());
  TORCH_CHECK(branch.sizes() == residual.sizes(), "scaled_residual: branch must be ",
              residual.sizes(), ", got ", branch.sizes());
  TORCH_CHECK(scale.sizes() == residual.sizes().slice(residual.dim() - 1),
              "scaled_residual: scale must be [", residual.size(-1), "], got ", scale.sizes());
  for (const auto& tensor : {branch, scale}) {
    TORCH_CHECK(
        tensor.scalar_type() == residual.scalar_type() && tensor.device() == residual.device(),
        "scaled_residual: branch or scale is ", tensor.scalar_type(), " on ", tensor.device(),
        ", residual is ", residual.scalar_type(), " on ", residual.device());
  }

  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::scaled_residual", "")
                             .typed<decltype(scaled_residual)>();
  return op.call(residual, branch, scale);
}

namespace {

at::Tensor scaled_residual_fallback(const at::Tensor& residual, const at::Tensor& branch,
                                    const at::Tensor& scale) {
  return at::mul(branch, scale).add_(residual);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("scaled_residual(Tensor residual, Tensor branch, Tensor scale) -> Tensor");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("scaled_residual", scaled_residual_fallback);
}

}  // namespace mono::kernels
