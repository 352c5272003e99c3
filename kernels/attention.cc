#include "kernels/attention.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/attention_checks.h"
#include "kernels/attention_fallback.h"

namespace mono::kernels {
namespace {

at::Tensor attention_op(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                        bool is_eager) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::causal_attention", "")
                             .typed<decltype(attention_op)>();
  return op.call(q, k, v, is_eager);
}

at::Tensor attention_in_blocks_op(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                  int64_t begin, bool is_eager) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::causal_attention_in_blocks", "")
                             .typed<decltype(attention_in_blocks_op)>();
  return op.call(q, k, v, begin, is_eager);
}

}  // namespace

void check_attention(const char* op, const at::Tensor& q, const at::Tensor& k,
                     const at::Tensor& v) {
  TORCH_CHECK(q.dim() == 3 && q.is_floating_point() && q.size(0) > 0, op,
              ": q must be a float tensor [num_tokens >= 1, num_heads, head_dim], "
              "got ",
              q.scalar_type(), " ", q.sizes());
  TORCH_CHECK(k.dim() == 3 && k.size(1) >= q.size(0) && k.size(2) == q.size(2), op,
              ": k must be [num_kv_heads, length >= ", q.size(0), ", ", q.size(2), "], got ",
              k.sizes());
  TORCH_CHECK(v.sizes() == k.sizes(), op, ": v must be ", k.sizes(), " as k, got ", v.sizes());
  TORCH_CHECK(q.size(1) > 0 && q.size(2) > 0, op, ": q has no head or no width: ", q.sizes());
  TORCH_CHECK(k.size(0) > 0 && q.size(1) % k.size(0) == 0, op, ": ", q.size(1),
              " query heads are no multiple of ", k.size(0), " kv heads");
  for (const auto& tensor : {k, v}) {
    TORCH_CHECK(tensor.scalar_type() == q.scalar_type() && tensor.device() == q.device(), op,
                ": k or v is ", tensor.scalar_type(), " on ", tensor.device(), ", q is ",
                q.scalar_type(), " on ", q.device());
  }
}

at::Tensor causal_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                            AttentionKind kind) {
  check_attention("causal_attention", q, k, v);
  return attention_op(q, k, v, kind == AttentionKind::kEager);
}

at::Tensor causal_attention_in_blocks(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                      int64_t begin, AttentionKind kind) {
  check_attention("causal_attention_in_blocks", q, k, v);
  const int64_t end = begin + q.size(0);
  const int64_t padded = (end + kPositionsPerBlock - 1) / kPositionsPerBlock * kPositionsPerBlock;
  TORCH_CHECK(begin >= 0 && k.size(1) == padded, "causal_attention_in_blocks: positions ", begin,
              " to ", end, " need keys padded to ", padded, ", got ", k.sizes());
  return attention_in_blocks_op(q, k, v, begin, kind == AttentionKind::kEager);
}

at::Tensor full_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                          AttentionKind kind, RowPlan plan) {
  TORCH_CHECK(q.dim() == 4 && q.is_floating_point(),
              "full_attention: q must be a float tensor [num_tiles, num_heads, num_rows, "
              "head_dim], got ",
              q.scalar_type(), " ", q.sizes());
  for (const auto& tensor : {k, v}) {
    TORCH_CHECK(tensor.sizes() == q.sizes(), "full_attention: k and v must be ", q.sizes(),
                " as q, got ", tensor.sizes());
    TORCH_CHECK(tensor.scalar_type() == q.scalar_type() && tensor.device() == q.device(),
                "full_attention: k or v is ", tensor.scalar_type(), " on ", tensor.device(),
                ", q is ", q.scalar_type(), " on ", q.device());
  }
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::full_attention", "")
                             .typed<decltype(full_attention_fallback)>();
  return op.call(q, k, v, kind == AttentionKind::kEager, plan == RowPlan::kFree);
}

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("full_attention(Tensor q, Tensor k, Tensor v, bool is_eager, bool is_free) -> Tensor");
  m.def("causal_attention(Tensor q, Tensor k, Tensor v, bool is_eager) -> Tensor");
  m.def(
      "causal_attention_in_blocks(Tensor q, Tensor k, Tensor v, int begin, bool is_eager) -> "
      "Tensor");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("causal_attention", causal_attention_fallback);
  m.impl("causal_attention_in_blocks", causal_attention_in_blocks_fallback);
  m.impl("full_attention", full_attention_fallback);
}

}  // namespace mono::kernels
