#include "kernels/attention.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <cmath>

namespace mono::kernels {
namespace {

at::Tensor attention_op(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                        bool is_eager) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::causal_attention", "")
                             .typed<decltype(attention_op)>();
  return op.call(q, k, v, is_eager);
}

}  // namespace

at::Tensor causal_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            AttentionKind kind) {
  TORCH_CHECK(q.dim() == 3 && q.is_floating_point() && q.size(0) > 0,
              "causal_attention: q must be a float tensor [num_tokens >= 1, num_heads, head_dim], "
              "got ",
              q.scalar_type(), " ", q.sizes());
  TORCH_CHECK(k.dim() == 3 && k.size(1) >= q.size(0) && k.size(2) == q.size(2),
              "causal_attention: k must be [num_kv_heads, length >= ", q.size(0), ", ", q.size(2),
              "], got ", k.sizes());
  TORCH_CHECK(v.sizes() == k.sizes(), "causal_attention: v must be ", k.sizes(), " as k, got ",
              v.sizes());
  TORCH_CHECK(k.size(0) > 0 && q.size(1) % k.size(0) == 0, "causal_attention: ", q.size(1),
              " query heads are no multiple of ", k.size(0), " kv heads");
  for (const auto& tensor : {k, v}) {
    TORCH_CHECK(tensor.scalar_type() == q.scalar_type() && tensor.device() == q.device(),
                "causal_attention: k or v is ", tensor.scalar_type(), " on ", tensor.device(),
                ", q is ", q.scalar_type(), " on ", q.device());
  }
  return attention_op(q, k, v, kind == AttentionKind::kEager);
}

namespace {

// [num_tokens, length]: true where a position must not be seen.
at::Tensor hidden_positions(int64_t num_tokens, int64_t length, at::Device device) {
  const auto options = at::TensorOptions(device).dtype(at::kLong);
  const auto last_seen = at::arange(length - num_tokens, length, options).unsqueeze(1);
  return at::arange(length, options).unsqueeze(0) > last_seen;
}

// q: [num_kv_heads, group, num_tokens, head_dim]; k, v: [num_kv_heads, 1, length, head_dim].
at::Tensor eager(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const int64_t num_tokens = q.size(2);
  auto scores = at::matmul(q, k.transpose(2, 3)).div_(std::sqrt(static_cast<double>(q.size(3))));
  if (num_tokens > 1) {
    scores.masked_fill_(hidden_positions(num_tokens, k.size(2), q.device()),
                        -std::numeric_limits<double>::infinity());
  }
  return at::matmul(at::softmax(scores, -1, at::kFloat).to(q.scalar_type()), v);
}

at::Tensor fused(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const int64_t num_tokens = q.size(2);
  const int64_t length = k.size(2);
  std::optional<at::Tensor> mask;
  if (num_tokens > 1 && num_tokens < length) {
    mask = hidden_positions(num_tokens, length, q.device()).logical_not_();
  }
  // Heads of a group share their keys through a stride of zero: no copy.
  return at::scaled_dot_product_attention(q, k.expand({-1, q.size(1), -1, -1}),
                                          v.expand({-1, q.size(1), -1, -1}), mask, /*dropout_p=*/0,
                                          /*is_causal=*/num_tokens > 1 && num_tokens == length);
}

at::Tensor attention_fallback(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              bool is_eager) {
  const int64_t num_tokens = q.size(0);
  const int64_t num_kv_heads = k.size(0);
  const auto grouped = q.view({num_tokens, num_kv_heads, -1, q.size(2)}).permute({1, 2, 0, 3});
  const auto keys = k.unsqueeze(1);
  const auto values = v.unsqueeze(1);
  const auto out = is_eager ? eager(grouped, keys, values) : fused(grouped, keys, values);
  return out.permute({2, 0, 1, 3}).reshape({num_tokens, -1});
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("causal_attention(Tensor q, Tensor k, Tensor v, bool is_eager) -> Tensor");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("causal_attention", attention_fallback);
}

}  // namespace mono::kernels
