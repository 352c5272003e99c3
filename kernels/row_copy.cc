#include "kernels/row_copy.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/checks.h"

namespace mono::kernels {
namespace {

void copy_rows_op(const at::Tensor& x, const at::Tensor& row, bool is_scatter,
                  const at::Tensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::copy_rows_out", "")
                             .typed<decltype(copy_rows_op)>();
  op.call(x, row, is_scatter, out);
}

// `mapped` has one row for each entry of the map, `other` is indexed by it.
void copy_rows(const char* op, const at::Tensor& x, const at::Tensor& row, bool is_scatter,
               const at::Tensor& out) {
  for (const auto& tensor : {x, out}) {
    TORCH_CHECK(tensor.dim() == 2 && (tensor.stride(1) == 1 || tensor.size(1) == 1), op,
                ": x and out must be [num_rows, width] with dense rows, got ", tensor.sizes(),
                " with strides ", tensor.strides());
  }
  const auto& mapped = is_scatter ? x : out;
  TORCH_CHECK(x.size(1) == out.size(1), op, ": x is ", x.sizes(), ", out ", out.sizes());
  check_like(op, "out", out, x);
  check_map(op, "row", row, mapped.size(0), x);
  copy_rows_op(x, row, is_scatter, out);
}

}  // namespace

void gather_rows_out(const at::Tensor& x, const at::Tensor& row, const at::Tensor& out) {
  copy_rows("gather_rows", x, row, /*is_scatter=*/false, out);
}

void scatter_rows_out(const at::Tensor& x, const at::Tensor& row, const at::Tensor& out) {
  copy_rows("scatter_rows", x, row, /*is_scatter=*/true, out);
}

namespace {

void copy_rows_fallback(const at::Tensor& x, const at::Tensor& row, bool is_scatter,
                        const at::Tensor& out) {
  const auto mapped = row.ge(0).nonzero().squeeze(1);
  const auto other = row.index_select(0, mapped).to(at::kLong);
  if (is_scatter) {
    out.index_copy_(0, other, x.index_select(0, mapped));
  } else {
    if (mapped.size(0) < row.size(0)) out.zero_();
    out.index_copy_(0, mapped, x.index_select(0, other));
  }
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("copy_rows_out(Tensor x, Tensor row, bool is_scatter, Tensor(a!) out) -> ()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("copy_rows_out", copy_rows_fallback);
}

}  // namespace mono::kernels
