#include "kernels/layer_norm.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/checks.h"

namespace mono::kernels {
namespace {

using OptionalTensor = std::optional<at::Tensor>;

void layer_norm_op(const at::Tensor& residual, const OptionalTensor& delta,
                   const OptionalTensor& scale, const OptionalTensor& weight,
                   const OptionalTensor& bias, double epsilon, bool is_fast,
                   const OptionalTensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::add_layer_norm_out", "")
                             .typed<decltype(layer_norm_op)>();
  op.call(residual, delta, scale, weight, bias, epsilon, is_fast, out);
}

void check_block(const char* op, const at::Tensor& residual, const at::Tensor& delta,
                 const at::Tensor& scale) {
  check_rows(op, "residual", residual);
  check_dense(op, "residual", residual, residual.sizes(), residual);
  check_dense(op, "delta", delta, residual.sizes(), residual);
  check_dense(op, "scale", scale, {residual.size(1)}, residual);
}

void check_norm(const char* op, const at::Tensor& x, const LayerNormWeights& norm,
                const at::Tensor& out) {
  check_dense(op, "weight", norm.weight, {x.size(1)}, x);
  check_dense(op, "bias", norm.bias, {x.size(1)}, x);
  check_dense(op, "out", out, x.sizes(), x);
  TORCH_CHECK(norm.epsilon >= 0, op, ": epsilon must not be negative, got ", norm.epsilon);
}

}  // namespace

void layer_norm_out(const at::Tensor& x, const LayerNormWeights& norm, const at::Tensor& out) {
  check_rows("layer_norm", "x", x);
  check_dense("layer_norm", "x", x, x.sizes(), x);
  check_norm("layer_norm", x, norm, out);
  layer_norm_op(x, {}, {}, norm.weight, norm.bias, norm.epsilon, false, out);
}

void layer_scale_residual(const at::Tensor& residual, const at::Tensor& delta,
                          const at::Tensor& scale, Rounding rounding) {
  check_block("layer_scale_residual", residual, delta, scale);
  layer_norm_op(residual, delta, scale, {}, {}, 0, rounding == Rounding::kFast, {});
}

void add_layer_norm_out(const at::Tensor& residual, const at::Tensor& delta,
                        const at::Tensor& scale, const LayerNormWeights& norm, Rounding rounding,
                        const at::Tensor& out) {
  check_block("add_layer_norm", residual, delta, scale);
  check_norm("add_layer_norm", residual, norm, out);
  layer_norm_op(residual, delta, scale, norm.weight, norm.bias, norm.epsilon,
                rounding == Rounding::kFast, out);
}

namespace {

void layer_norm_fallback(const at::Tensor& residual, const OptionalTensor& delta,
                         const OptionalTensor& scale, const OptionalTensor& weight,
                         const OptionalTensor& bias, double epsilon, bool is_fast,
                         const OptionalTensor& out) {
  auto sum = residual;
  if (delta && is_fast) {
    sum = residual.to(at::kFloat) + delta->to(at::kFloat) * *scale;
    residual.copy_(sum);
  } else if (delta) {
    sum.add_(*delta * *scale);
  }
  if (!out) return;
  const auto dtype = sum.scalar_type();
  out->copy_(at::layer_norm(sum, weight->sizes(), weight->to(dtype), bias->to(dtype), epsilon));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def(
      "add_layer_norm_out(Tensor(a!) residual, Tensor? delta, Tensor? scale, Tensor? weight, "
      "Tensor? bias, float epsilon, bool is_fast, Tensor(b!)? out) -> ()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("add_layer_norm_out", layer_norm_fallback);
}

}  // namespace mono::kernels
