#include "kernels/gelu_bias.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/checks.h"

namespace mono::kernels {
namespace {

using OptionalTensor = std::optional<at::Tensor>;

void gelu_bias_op(const at::Tensor& x, const OptionalTensor& bias, bool is_fast,
                  const at::Tensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::gelu_bias_out", "")
                             .typed<decltype(gelu_bias_op)>();
  op.call(x, bias, is_fast, out);
}

}  // namespace

void gelu_bias_out(const at::Tensor& x, const at::Tensor& bias, Rounding rounding,
                   const at::Tensor& out) {
  check_rows("gelu_bias", "x", x);
  check_dense("gelu_bias", "x", x, x.sizes(), x);
  if (bias.defined()) check_dense("gelu_bias", "bias", bias, {x.size(1)}, x);
  check_dense("gelu_bias", "out", out, x.sizes(), x);
  gelu_bias_op(x, if_defined(bias), rounding == Rounding::kFast, out);
}

namespace {

void gelu_bias_fallback(const at::Tensor& x, const OptionalTensor& bias, bool is_fast,
                        const at::Tensor& out) {
  auto sum = is_fast ? x.to(at::kFloat) : x;
  if (bias) sum = sum + *bias;
  out.copy_(at::gelu(sum));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("gelu_bias_out(Tensor x, Tensor? bias, bool is_fast, Tensor(a!) out) -> ()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("gelu_bias_out", gelu_bias_fallback);
}

}  // namespace mono::kernels
