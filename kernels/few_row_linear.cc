#include "kernels/few_row_linear.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <optional>

#include "kernels/checks.h"
#include "kernels/linear.h"

namespace mono::kernels {
namespace {

constexpr const char* kOp = "few_row_linear";

void few_row_linear_op(const at::Tensor& x, const at::Tensor& weight,
                       const std::optional<at::Tensor>& bias, bool is_settled,
                       const at::Tensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::few_row_linear_out", "")
                             .typed<decltype(few_row_linear_op)>();
  op.call(x, weight, bias, is_settled, out);
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
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("few_row_linear_out", few_row_linear_fallback);
}

}  // namespace mono::kernels
