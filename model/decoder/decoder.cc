#include "model/decoder/decoder.h"

#include <ATen/ATen.h>

#include <string>
#include <utility>
#include <vector>

#include "kernels/rms_norm.h"
#include "kernels/rotary.h"
#include "kernels/swiglu.h"

namespace mono::model {

/// What the layers of one pass share.
struct Decoder::Pass {
  const kernels::ExpertRouting& routing;
  at::Tensor cos;  // [num_tokens, head_dim / 2]
  at::Tensor sin;
  KvCache& cache;
};

/// q [num_tokens, num_heads, head_dim], k and v [num_tokens, num_kv_heads, head_dim]. q may be
/// grouped, [num_tokens, num_kv_heads, group, head_dim].
struct Decoder::Heads {
  at::Tensor q;
  at::Tensor k;
  at::Tensor v;
};

namespace {

// y[n] = apply(x[n], the weight of token n's modality)
template <typename Weight, typename Apply>
at::Tensor by_modality(const at::Tensor& x, const ByModality<Weight>& weight,
                       const kernels::ExpertRouting& routing, const Apply& apply) {
  if (!weight.visual) return apply(x, weight.text);
  return kernels::apply_experts(
      x, routing, [&](const at::Tensor& rows) { return apply(rows, weight.text); },
      [&](const at::Tensor& rows) { return apply(rows, *weight.visual); });
}

}  // namespace

Decoder::Decoder(const LanguageConfig& config, LanguageWeights weights,
                 const DecoderOptions& options)
    : config_(config), weights_(std::move(weights)), options_(options) {}

DecoderState Decoder::start(int64_t capacity) const {
  const auto dtype = weights_.embeddings.scalar_type();
  const auto device = weights_.embeddings.device();
  return {.cache = KvCache(config_, capacity, dtype, device),
          .rotary = RotaryTable(config_, capacity, dtype, device)};
}

at::Tensor Decoder::embed(std::span<const int64_t> input_ids) const {
  const auto ids = at::tensor(at::IntArrayRef(input_ids.data(), input_ids.size()), at::kLong);
  return at::embedding(weights_.embeddings, ids.to(weights_.embeddings.device()));
}

at::Tensor Decoder::forward(const at::Tensor& embeddings, const kernels::ExpertRouting& routing,
                            DecoderState& state, const TraceSink& trace) const {
  const int64_t num_tokens = embeddings.size(0);
  const auto [cos, sin] = state.rotary.rows(state.cache.length(), num_tokens);
  const Pass pass{.routing = routing, .cos = cos, .sin = sin, .cache = state.cache};
  const int64_t length = state.cache.length() + num_tokens;

  auto hidden_states = embeddings;  // [num_tokens, hidden_size]
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    const auto& layer = weights_.layers[i];
    hidden_states =
        attention(norm(hidden_states, layer.attention_norm, pass), i, pass).add_(hidden_states);
    hidden_states = feed_forward(norm(hidden_states, layer.feed_forward_norm, pass), layer, pass)
                        .add_(hidden_states);
    if (trace) {
      const auto name = "layer." + std::to_string(i);
      trace(name, hidden_states);
      trace(name + ".k", state.cache.keys(i, length));
      trace(name + ".v", state.cache.values(i, length));
    }
  }
  state.cache.advance(num_tokens);
  return hidden_states;
}

// Views of [num_tokens, (num_heads + 2 num_kv_heads) * head_dim].
Decoder::Heads Decoder::split_heads(const at::Tensor& qkv) const {
  const int64_t num_tokens = qkv.size(0);
  const int64_t num_heads = config_.num_heads;
  const int64_t num_kv_heads = config_.num_kv_heads;
  if (weights_.packing == QkvPacking::kStacked) {
    const auto heads = qkv.view({num_tokens, num_heads + 2 * num_kv_heads, config_.head_dim});
    return {.q = heads.slice(1, 0, num_heads),
            .k = heads.slice(1, num_heads, num_heads + num_kv_heads),
            .v = heads.slice(1, num_heads + num_kv_heads)};
  }
  const int64_t group = num_heads / num_kv_heads;
  const auto groups = qkv.view({num_tokens, num_kv_heads, group + 2, config_.head_dim});
  return {.q = groups.slice(2, 0, group),
          .k = groups.select(2, group),
          .v = groups.select(2, group + 1)};
}

at::Tensor Decoder::attention(const at::Tensor& x, size_t layer, const Pass& pass) const {
  const auto& weights = weights_.layers[layer];
  const auto affine = [&](const at::Tensor& rows, const AffineWeights& w) {
    return project(rows, w);
  };
  const int64_t num_tokens = x.size(0);
  const auto heads = split_heads(by_modality(x, weights.qkv, pass.routing, affine));
  const auto q = kernels::rotary(heads.q, pass.cos, pass.sin)
                     .view({num_tokens, config_.num_heads, config_.head_dim});
  pass.cache.write(layer, kernels::rotary(heads.k, pass.cos, pass.sin), heads.v);

  const int64_t length = pass.cache.length() + num_tokens;
  const auto mixed = kernels::causal_attention(
      q, pass.cache.keys(layer, length), pass.cache.values(layer, length), options_.attention);
  return by_modality(mixed, weights.out, pass.routing, affine);
}

at::Tensor Decoder::feed_forward(const at::Tensor& x, const LayerWeights& layer,
                                 const Pass& pass) const {
  return by_modality(x, layer.feed_forward, pass.routing,
                     [&](const at::Tensor& rows, const FeedForwardWeights& weights) {
                       const auto gate = project(rows, {.weight = weights.gate});
                       const auto up = project(rows, {.weight = weights.up});
                       return project(kernels::swiglu(gate, up), {.weight = weights.down});
                     });
}

at::Tensor Decoder::norm(const at::Tensor& x, const ByModality<at::Tensor>& weight,
                         const Pass& pass) const {
  return by_modality(x, weight, pass.routing, [&](const at::Tensor& rows, const at::Tensor& w) {
    return kernels::rms_norm(rows, w, config_.rms_norm_epsilon);
  });
}

at::Tensor Decoder::project(const at::Tensor& x, const AffineWeights& weights) const {
  return kernels::linear(x, weights.weight, weights.bias, options_.row_plan);
}

at::Tensor Decoder::final_norm(const at::Tensor& hidden_states) const {
  return kernels::rms_norm(hidden_states, weights_.norm, config_.rms_norm_epsilon);
}

at::Tensor Decoder::logits(const at::Tensor& normalised) const {
  return project(normalised, {.weight = weights_.head}).to(at::kFloat);
}

}  // namespace mono::model
