#include "kernels/row_wise.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

namespace mono::kernels {
namespace {

// At least what any of ATen's vectorised loops takes at a time.
constexpr int64_t kElementsAtATime = 64;
constexpr int64_t kLeastSharedSize = 32768;  // at::internal::GRAIN_SIZE

bool ends_between_rows(const at::Tensor& x) {
  if (x.size(-1) % kElementsAtATime != 0) return false;
  if (x.numel() < kLeastSharedSize) return true;
  const int64_t shares = at::get_num_threads();
  return x.numel() % (shares * kElementsAtATime) == 0;
}

}  // namespace

at::Tensor row_wise(const at::Tensor& x, Elementwise operation) {
  const auto dense = x.contiguous();
  if (!dense.device().is_cpu() || dense.numel() == 0 || ends_between_rows(dense)) {
    return operation(dense);
  }
  const auto rows = dense.view({-1, dense.size(-1)});
  auto y = at::empty_like(rows);
  for (int64_t row = 0; row < rows.size(0); ++row) y[row].copy_(operation(rows[row]));
  return y.view(dense.sizes());
}

at::Tensor gelu(const at::Tensor& x) {
  return row_wise(x, [](const at::Tensor& rows) { return at::gelu(rows); });
}

}  // namespace mono::kernels
