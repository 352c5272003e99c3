#include "model/decoder/attend.h"

#include <ATen/ATen.h>

#include "kernels/token_attention.h"

namespace mono::model {

at::Tensor attend_to_cache(const at::Tensor& q, const Stretch& stretch, size_t layer,
                           const DecoderOptions& options) {
  const auto& cache = stretch.state->cache;
  const int64_t length = cache.length() + stretch.num_tokens;
  if (options.row_plan == kernels::RowPlan::kChunked) {
    return kernels::causal_attention_in_blocks(q, cache.padded_keys(layer, length),
                                               cache.padded_values(layer, length), cache.length(),
                                               options.attention);
  }
  return kernels::causal_attention(q, cache.keys(layer, length), cache.values(layer, length),
                                   options.attention);
}

at::Tensor attend_from_token(const at::Tensor& q, const Stretch& stretch, size_t layer,
                             kernels::AttentionKind kind) {
  const auto& cache = stretch.state->cache;
  const int64_t length = cache.length() + 1;
  return kernels::token_attention(q, cache.keys(layer, length), cache.values(layer, length), kind);
}

}  // namespace mono::model
