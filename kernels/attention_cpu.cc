#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/library.h>

#include "kernels/attended_head.h"
#include "kernels/attention_fallback.h"
#include "kernels/bf16_tensor.h"
#include "kernels/share_out.h"

namespace mono::kernels {
namespace {

uint16_t* bits_to(const at::Tensor& tensor) {
  return reinterpret_cast<uint16_t*>(tensor.mutable_data_ptr<at::BFloat16>());
}

bool serves(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, bool is_eager) {
  static const bool has_products = has_pair_products();
  const auto is_dense = [](const at::Tensor& tensor) { return tensor.stride(-1) == 1; };
  return has_products && !is_eager && q.scalar_type() == at::kBFloat16 && q.numel() > 0 &&
         AttendedHead::serves(q.size(-1)) && is_dense(q) && is_dense(k) && is_dense(v);
}

/// [num_rows, head_dim] of a head.
Bf16Rows rows_of(const at::Tensor& head) {
  return {bits_of(head), head.size(0), head.size(1), head.stride(0)};
}

/// \param k, v   [num_kv_heads, length, head_dim]
/// \param begin  position of the first query
at::Tensor causal(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t begin) {
  const int64_t num_tokens = q.size(0), num_heads = q.size(1), head_dim = q.size(2);
  const int64_t group = num_heads / k.size(0);
  auto out = at::empty({num_tokens, num_heads * head_dim}, q.options());
  const uint16_t* const from = bits_of(q);
  uint16_t* const to = bits_to(out);
  share_out(k.size(0), 1, at::get_num_threads(), [&](int64_t first, int64_t last) {
    for (int64_t kv_head = first; kv_head < last; ++kv_head) {
      const AttendedHead attend(rows_of(k[kv_head]), rows_of(v[kv_head]));
      for (int64_t head = kv_head * group; head < (kv_head + 1) * group; ++head) {
        attend({.q = from + head * q.stride(1),
                .out = to + head * head_dim,
                .num_rows = num_tokens,
                .q_distance = q.stride(0),
                .out_distance = num_heads * head_dim,
                .first_seen = begin + 1});
      }
    }
  });
  return out;
}

at::Tensor causal_attention_cpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                bool is_eager) {
  if (!serves(q, k, v, is_eager)) return causal_attention_fallback(q, k, v, is_eager);
  return causal(q, k, v, k.size(1) - q.size(0));
}

at::Tensor causal_attention_in_blocks_cpu(const at::Tensor& q, const at::Tensor& k,
                                          const at::Tensor& v, int64_t begin, bool is_eager) {
  if (!serves(q, k, v, is_eager)) {
    return causal_attention_in_blocks_fallback(q, k, v, begin, is_eager);
  }
  const int64_t length = begin + q.size(0);
  return causal(q, k.slice(1, 0, length), v.slice(1, 0, length), begin);
}

at::Tensor full_attention_cpu(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              bool is_eager, bool is_free) {
  if (!serves(q, k, v, is_eager)) return full_attention_fallback(q, k, v, is_eager, is_free);
  const int64_t num_tiles = q.size(0), num_heads = q.size(1), num_rows = q.size(2);
  auto out = at::empty({num_tiles, num_rows, num_heads, q.size(3)}, q.options()).transpose(1, 2);
  share_out(num_tiles * num_heads, 1, at::get_num_threads(), [&](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      const int64_t tile = i / num_heads, head = i % num_heads;
      const auto to = out[tile][head];
      const AttendedHead attend(rows_of(k[tile][head]), rows_of(v[tile][head]));
      attend({.q = bits_of(q[tile][head]),
              .out = bits_to(to),
              .num_rows = num_rows,
              .q_distance = q.stride(2),
              .out_distance = to.stride(0),
              .first_seen = num_rows});
    }
  });
  return out;
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CPU, m) {
  m.impl("causal_attention", causal_attention_cpu);
  m.impl("causal_attention_in_blocks", causal_attention_in_blocks_cpu);
  m.impl("full_attention", full_attention_cpu);
}

}  // namespace mono::kernels
