#include "kernels/few_row_linear.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <optional>

#include "kernels/checks.h"
#include "kernels/few_row_swiglu_fallback.h"
#include "kernels/linear.h"
#include "kernels/swiglu.h"

namespace mono::kernels {
namespace {

constexpr const char* kOp = "few_row_linear";

constexpr const char* kGatedOp = "few_row_swiglu";

void few_row_linear_op(const at::Tensor& x, const at::Tensor& weight,
                       const std::optional<at::Tensor>& bias, bool is_settled,
                       const at::Tensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::few_row_linear_out", "")
                             .typed<decltype(few_row_linear_op)>();
  op.call(x, weight, bias, is_settled, out);
}

void few_row_swiglu_op(const at::Tensor& x, const at::Tensor& gate_up, bool is_settled,
                       bool is_fast, const at::Tensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::few_row_swiglu_out", "")
                             .typed<decltype(few_row_swiglu_op)>();
  op.call(x, gate_up, is_settled, is_fast, out);
}

}  // namespace

void few_row_linear_out(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                        WeightUse use, const at::Tensor& out) {
  check_rows(kOp, "x", x);
  check_rows(kOp, "weight", weight);
  check_rows(kOp, "out", out);
  TORCH_CHECK(x.size(0) <= kRowsPerChunk, kOp, ": at most ", kRowsPerChunk, " rows, got ",
              x.size(0));
  TORCH_CHECK(weight.size(1) == x.size(1), kOp, ": weight must be [out_features, ", x.size(1),
              "], got ", weight.sizes());
  TORCH_CHECK(out.size(0) == x.size(0) && out.size(1) == weight.size(0), kOp, ": out must be [",
              x.size(0), ", ", weight.size(0), "], got ", out.sizes());
  check_like(kOp, "weight", weight, x);
  check_like(kOp, "out", out, x);
  if (bias.defined()) check_dense(kOp, "bias", bias, {weight.size(0)}, x);
  few_row_linear_op(x, weight, if_defined(bias), use == WeightUse::kSettled, out);
}

void few_row_swiglu_out(const at::Tensor& x, const at::Tensor& gate_up, WeightUse use,
                        Rounding rounding, const at::Tensor& out) {
  check_rows(kGatedOp, "x", x);
  check_rows(kGatedOp, "gate_up", gate_up);
  check_rows(kGatedOp, "out", out);
  TORCH_CHECK(x.size(0) <= kRowsPerChunk, kGatedOp, ": at most ", kRowsPerChunk, " rows, got ",
              x.size(0));
  TORCH_CHECK(gate_up.size(1) == x.size(1) && gate_up.size(0) % 2 == 0, kGatedOp,
              ": gate_up must be [2 width, ", x.size(1), "], got ", gate_up.sizes());
  TORCH_CHECK(out.size(0) == x.size(0) && out.size(1) == gate_up.size(0) / 2, kGatedOp,
              ": out must be [", x.size(0), ", ", gate_up.size(0) / 2, "], got ", out.sizes());
  check_like(kGatedOp, "gate_up", gate_up, x);
  check_like(kGatedOp, "out", out, x);
  few_row_swiglu_op(x, gate_up, use == WeightUse::kSettled, rounding == Rounding::kFast, out);
}

void few_row_swiglu_in_two(const at::Tensor& x, const at::Tensor& gate_up, bool is_settled,
                           bool is_fast, const at::Tensor& out) {
  const auto products = at::empty({x.size(0), gate_up.size(0)}, x.options());
  few_row_linear_op(x, gate_up, std::nullopt, is_settled, products);
  swiglu_out(products, is_fast ? Rounding::kFast : Rounding::kParity, out);
}

namespace {

void few_row_linear_fallback(const at::Tensor& x, const at::Tensor& weight,
                             const std::optional<at::Tensor>& bias, bool /*is_settled*/,
                             const at::Tensor& out) {
  linear_out(x, weight, bias.value_or(at::Tensor()), RowPlan::kChunked, out);
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def(
      "few_row_linear_out(Tensor x, Tensor weight, Tensor? bias, bool is_settled, Tensor(a!) out) "
      "-> ()");
  m.def(
      "few_row_swiglu_out(Tensor x, Tensor gate_up, bool is_settled, bool is_fast, Tensor(a!) out) "
      "-> ()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("few_row_linear_out", few_row_linear_fallback);
  m.impl("few_row_swiglu_out", few_row_swiglu_in_two);
}

}  // namespace mono::kernels
