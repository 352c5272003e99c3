#include "kernels/attention_fallback.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "kernels/attention.h"

namespace mono::kernels {
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

// Added to the scores of a block: minus infinity behind the diagonal of its last 64 columns.
// [64, length]; shorter keys use the last columns.
at::Tensor block_mask(int64_t length, const at::TensorOptions& options) {
  auto mask = at::zeros({kPositionsPerBlock, length}, options);
  const auto diagonal = mask.slice(1, length - kPositionsPerBlock);
  diagonal.copy_(at::full({kPositionsPerBlock, kPositionsPerBlock},
                          -std::numeric_limits<double>::infinity(), options)
                     .triu(1));
  return mask;
}

// One block: q [num_kv_heads, group, 64, head_dim], k and v [num_kv_heads, 1, length, head_dim].
at::Tensor attend_block(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                        const at::Tensor& mask, bool is_eager) {
  if (!is_eager) {
    return at::scaled_dot_product_attention(q, k.expand({-1, q.size(1), -1, -1}),
                                            v.expand({-1, q.size(1), -1, -1}), mask);
  }
  const auto scale = std::sqrt(static_cast<double>(q.size(3)));
  const auto scores = at::matmul(q, k.transpose(2, 3)).div_(scale).add_(mask);
  return at::matmul(at::softmax(scores, -1, at::kFloat).to(q.scalar_type()), v);
}

}  // namespace

at::Tensor causal_attention_fallback(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                     bool is_eager) {
  const int64_t num_tokens = q.size(0);
  const int64_t num_kv_heads = k.size(0);
  const auto grouped = q.view({num_tokens, num_kv_heads, -1, q.size(2)}).permute({1, 2, 0, 3});
  const auto keys = k.unsqueeze(1);
  const auto values = v.unsqueeze(1);
  const auto out = is_eager ? eager(grouped, keys, values) : fused(grouped, keys, values);
  return out.permute({2, 0, 1, 3}).reshape({num_tokens, -1});
}

at::Tensor causal_attention_in_blocks_fallback(const at::Tensor& q, const at::Tensor& k,
                                               const at::Tensor& v, int64_t begin, bool is_eager) {
  const int64_t num_tokens = q.size(0);
  const int64_t num_kv_heads = k.size(0);
  const auto grouped = q.view({num_tokens, num_kv_heads, -1, q.size(2)}).permute({1, 2, 0, 3});
  const auto mask = block_mask(k.size(1), q.options());
  auto out = at::empty({num_tokens, q.size(1) * q.size(2)}, q.options());
  for (int64_t start = begin / kPositionsPerBlock * kPositionsPerBlock; start < k.size(1);
       start += kPositionsPerBlock) {
    const int64_t length = start + kPositionsPerBlock;  // of the keys
    const int64_t first = std::max(begin, start);       // of this call's positions in the block
    const int64_t last = std::min(begin + num_tokens, length);
    auto block =
        at::zeros({num_kv_heads, grouped.size(1), kPositionsPerBlock, q.size(2)}, q.options());
    block.slice(2, first - start, last - start)
        .copy_(grouped.slice(2, first - begin, last - begin));
    const auto mixed =
        attend_block(block, k.slice(1, 0, length).unsqueeze(1), v.slice(1, 0, length).unsqueeze(1),
                     mask.slice(1, k.size(1) - length), is_eager);
    out.slice(0, first - begin, last - begin)
        .copy_(mixed.slice(2, first - start, last - start)
                   .permute({2, 0, 1, 3})
                   .reshape({last - first, -1}));
  }
  return out;
}

at::Tensor full_attention_fallback(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                   bool is_eager, bool /*is_free*/) {
  if (!is_eager) return at::scaled_dot_product_attention(q, k, v);
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(3)));
  const auto scores = at::matmul(q * scale, k.transpose(2, 3));
  return at::matmul(at::softmax(scores, -1, at::kFloat).to(q.scalar_type()), v);
}

}  // namespace mono::kernels
