#include "kernels/rotary.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <vector>

#include "kernels/rotary_fallback.h"

namespace mono::kernels {

at::Tensor rotary(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
  TORCH_CHECK(x.dim() >= 2 && x.is_floating_point() && x.size(-1) % 2 == 0,
              "rotary: x must be a float tensor [num_tokens, heads..., even head_dim], got ",
              x.scalar_type(), " ", x.sizes());
  const int64_t half = x.size(-1) / 2;
  for (const auto& table : {cos, sin}) {
    TORCH_CHECK(table.dim() == 2 && table.size(0) == x.size(0) && table.size(1) == half,
                "rotary: cos and sin must be [", x.size(0), ", ", half, "], got ", table.sizes());
    TORCH_CHECK(table.scalar_type() == x.scalar_type() && table.device() == x.device(),
                "rotary: the table is ", table.scalar_type(), " on ", table.device(), ", x is ",
                x.scalar_type(), " on ", x.device());
  }

  static const auto op =
      c10::Dispatcher::singleton().findSchemaOrThrow("mono::rotary", "").typed<decltype(rotary)>();
  return op.call(x, cos, sin);
}

at::Tensor rotary_fallback(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
  const int64_t half = x.size(-1) / 2;
  const auto first = x.slice(-1, 0, half);  // [num_tokens, heads..., half]
  const auto second = x.slice(-1, half);
  std::vector<int64_t> each_head(static_cast<size_t>(x.dim()), 1);  // [num_tokens, 1..., half]
  each_head.front() = x.size(0);
  each_head.back() = half;
  const auto cos_of_token = cos.reshape(each_head);
  const auto sin_of_token = sin.reshape(each_head);

  auto y = at::empty(x.sizes(), x.options());
  auto y_first = y.slice(-1, 0, half);
  auto y_second = y.slice(-1, half);
  at::sub_out(y_first, first * cos_of_token, second * sin_of_token);
  at::add_out(y_second, second * cos_of_token, first * sin_of_token);
  return y;
}

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("rotary(Tensor x, Tensor cos, Tensor sin) -> Tensor");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("rotary", rotary_fallback);
}

}  // namespace mono::kernels
