#include "kernels/linear.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <optional>

#include "kernels/checks.h"

namespace mono::kernels {
namespace {

at::Tensor linear_op(const at::Tensor& x, const at::Tensor& weight,
                     const std::optional<at::Tensor>& bias, int64_t rows_per_chunk) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::linear", "")
                             .typed<decltype(linear_op)>();
  return op.call(x, weight, bias, rows_per_chunk);
}

void linear_out_op(const at::Tensor& x, const at::Tensor& weight,
                   const std::optional<at::Tensor>& bias, int64_t rows_per_chunk,
                   const at::Tensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::linear_out", "")
                             .typed<decltype(linear_out_op)>();
  op.call(x, weight, bias, rows_per_chunk, out);
}

void check_operand(const at::Tensor& operand, const char* name, const at::Tensor& x) {
  TORCH_CHECK(operand.scalar_type() == x.scalar_type() && operand.device() == x.device(),
              "linear: ", name, " is ", operand.scalar_type(), " on ", operand.device(), ", x is ",
              x.scalar_type(), " on ", x.device());
}

void check_operands(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                    RowPlan plan) {
  TORCH_CHECK(x.dim() == 2 && x.is_floating_point(),
              "linear: x must be a float tensor [num_rows, in_features], got ", x.scalar_type(),
              " ", x.sizes());
  TORCH_CHECK(weight.dim() == 2 && weight.size(1) == x.size(1),
              "linear: weight must be [out_features, ", x.size(1), "], got ", weight.sizes());
  check_operand(weight, "weight", x);
  if (bias.defined()) {
    TORCH_CHECK(bias.sizes() == weight.sizes().slice(0, 1), "linear: bias must be [",
                weight.size(0), "], got ", bias.sizes());
    check_operand(bias, "bias", x);
  }
  TORCH_CHECK(plan != RowPlan::kOneChunk || x.size(0) == kRowsPerChunk, "linear: one chunk has ",
              kRowsPerChunk, " rows, got ", x.size(0));
}

int64_t rows_per_chunk_of(RowPlan plan) {
  return plan == RowPlan::kChunked ? kRowsPerChunk : 0;
}

}  // namespace

at::Tensor linear(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias,
                  RowPlan plan) {
  check_operands(x, weight, bias, plan);
  return linear_op(x, weight, if_defined(bias), rows_per_chunk_of(plan));
}

void linear_out(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, RowPlan plan,
                const at::Tensor& out) {
  check_operands(x, weight, bias, plan);
  check_rows("linear", "out", out);
  check_like("linear", "out", out, x);
  TORCH_CHECK(out.size(0) == x.size(0) && out.size(1) == weight.size(0), "linear: out must be [",
              x.size(0), ", ", weight.size(0), "], got ", out.sizes());
  linear_out_op(x, weight, if_defined(bias), rows_per_chunk_of(plan), out);
}

namespace {

at::Tensor padded(const at::Tensor& rows, int64_t num_rows) {
  auto chunk = at::zeros({num_rows, rows.size(1)}, rows.options());
  chunk.slice(0, 0, rows.size(0)).copy_(rows);
  return chunk;
}

at::Tensor linear_fallback(const at::Tensor& x, const at::Tensor& weight,
                           const std::optional<at::Tensor>& bias, int64_t rows_per_chunk) {
  const int64_t num_rows = x.size(0);
  if (rows_per_chunk == 0 || num_rows == rows_per_chunk) return at::linear(x, weight, bias);

  auto y = at::empty({num_rows, weight.size(0)}, x.options());
  for (int64_t begin = 0; begin < num_rows; begin += rows_per_chunk) {
    const auto rows = x.slice(0, begin, begin + rows_per_chunk);
    const bool is_whole = rows.size(0) == rows_per_chunk;
    const auto chunk = at::linear(is_whole ? rows : padded(rows, rows_per_chunk), weight, bias);
    y.slice(0, begin, begin + rows.size(0)).copy_(chunk.slice(0, 0, rows.size(0)));
  }
  return y;
}

void linear_out_fallback(const at::Tensor& x, const at::Tensor& weight,
                         const std::optional<at::Tensor>& bias, int64_t rows_per_chunk,
                         const at::Tensor& out) {
  out.copy_(linear_fallback(x, weight, bias, rows_per_chunk));
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("linear(Tensor x, Tensor weight, Tensor? bias, int rows_per_chunk) -> Tensor");
  m.def(
      "linear_out(Tensor x, Tensor weight, Tensor? bias, int rows_per_chunk, Tensor(a!) out) -> "
      "()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("linear", linear_fallback);
  m.impl("linear_out", linear_out_fallback);
}

}  // namespace mono::kernels
