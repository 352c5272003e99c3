#include "kernels/add_rms_norm.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/checks.h"
#include "kernels/rms_norm.h"

namespace mono::kernels {
namespace {

using OptionalTensor = std::optional<at::Tensor>;

void add_rms_norm_op(const at::Tensor& residual, const OptionalTensor& delta,
                     const OptionalTensor& delta_row, const at::Tensor& weight, double epsilon,
                     const OptionalTensor& out_row, bool is_fast, const at::Tensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::add_rms_norm_out", "")
                             .typed<decltype(add_rms_norm_op)>();
  op.call(residual, delta, delta_row, weight, epsilon, out_row, is_fast, out);
}

// A tensor's rows where each has a row of its own, by its number or by the map.
void check_row_count(const char* name, const at::Tensor& tensor, const at::Tensor& map,
                     const at::Tensor& residual) {
  check_rows("add_rms_norm", name, tensor);
  const int64_t num_rows = map.defined() ? tensor.size(0) : residual.size(0);
  check_dense("add_rms_norm", name, tensor, {num_rows, residual.size(1)}, residual);
  if (map.defined()) check_map("add_rms_norm", name, map, residual.size(0), residual);
}

}  // namespace

void add_rms_norm_out(const at::Tensor& residual, const at::Tensor& delta, const at::Tensor& weight,
                      double epsilon, const NormRows& rows, Rounding rounding,
                      const at::Tensor& out) {
  check_rows("add_rms_norm", "residual", residual);
  check_dense("add_rms_norm", "residual", residual, residual.sizes(), residual);
  check_dense("add_rms_norm", "weight", weight, {residual.size(1)}, residual);
  if (delta.defined()) check_row_count("delta", delta, rows.delta, residual);
  check_row_count("out", out, rows.out, residual);
  TORCH_CHECK(epsilon >= 0, "add_rms_norm: epsilon must not be negative, got ", epsilon);
  add_rms_norm_op(residual, if_defined(delta), if_defined(rows.delta), weight, epsilon,
                  if_defined(rows.out), rounding == Rounding::kFast, out);
}

namespace {

at::Tensor fast_norm(const at::Tensor& sum, const at::Tensor& weight, double epsilon) {
  const auto inverse_rms = sum.square().mean(-1, /*keepdim=*/true).add_(epsilon).rsqrt_();
  return at::mul(sum, inverse_rms).mul_(weight);
}

void add_rms_norm_fallback(const at::Tensor& residual, const OptionalTensor& delta,
                           const OptionalTensor& delta_row, const at::Tensor& weight,
                           double epsilon, const OptionalTensor& out_row, bool is_fast,
                           const at::Tensor& out) {
  auto sum = is_fast ? residual.to(at::kFloat) : residual;
  if (delta) {
    const auto added = delta_row ? delta->index_select(0, *delta_row) : *delta;
    sum = is_fast ? sum + added : sum.add_(added);
    if (is_fast) residual.copy_(sum);
  }
  const auto norm = is_fast ? fast_norm(sum, weight, epsilon) : rms_norm(sum, weight, epsilon);
  if (!out_row) {
    out.copy_(norm);
    return;
  }
  const auto wanted = out_row->ge(0).nonzero().squeeze(1);
  const auto to = out_row->index_select(0, wanted).to(at::kLong);
  out.index_copy_(0, to, norm.index_select(0, wanted).to(out.scalar_type()));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def(
      "add_rms_norm_out(Tensor(a!) residual, Tensor? delta, Tensor? delta_row, Tensor weight, "
      "float epsilon, Tensor? out_row, bool is_fast, Tensor(b!) out) -> ()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("add_rms_norm_out", add_rms_norm_fallback);
}

}  // namespace mono::kernels
