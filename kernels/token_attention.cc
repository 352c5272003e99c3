#include "kernels/token_attention.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/attention_checks.h"
#include "kernels/attention_fallback.h"

namespace mono::kernels {
namespace {

at::Tensor token_attention_op(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              bool is_eager) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::token_attention", "")
                             .typed<decltype(token_attention_op)>();
  return op.call(q, k, v, is_eager);
}

}  // namespace

at::Tensor token_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                           AttentionKind kind) {
  check_attention("token_attention", q, k, v);
  TORCH_CHECK(q.size(0) == 1, "token_attention: q must be of one token, got ", q.sizes());
  return token_attention_op(q, k, v, kind == AttentionKind::kEager);
}

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("token_attention(Tensor q, Tensor k, Tensor v, bool is_eager) -> Tensor");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("token_attention", causal_attention_fallback);
}

}  // namespace mono::kernels
