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
        attention(kernels::rms_norm(hidden_states, layer.attention_norm, config_.rms_norm_epsilon),
                  i, pass)
            .add_(hidden_states);
    hidden_states = feed_forward(kernels::rms_norm(hidden_states, layer.feed_forward_norm,
                                                   config_.rms_norm_epsilon),
                                 i, pass)
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

// q, k and v of one kv head lie together: its group of query heads, its key head, its value head.
at::Tensor Decoder::attention(const at::Tensor& x, size_t layer, const Pass& pass) const {
  const auto& text = weights_.layers[layer].attention;
  const auto& visual = weights_.layers[layer].visual_attention;
  const auto project_by_modality = [&](const at::Tensor& rows, AffineWeights AttentionWeights::*w) {
    if (!visual) return project(rows, text.*w);
    return kernels::apply_experts(
        rows, pass.routing, [&](const at::Tensor& chosen) { return project(chosen, text.*w); },
        [&](const at::Tensor& chosen) { return project(chosen, *visual.*w); });
  };

  const int64_t num_tokens = x.size(0);
  const int64_t group = config_.num_heads / config_.num_kv_heads;
  const auto qkv = project_by_modality(x, &AttentionWeights::qkv)
                       .view({num_tokens, config_.num_kv_heads, group + 2, config_.head_dim});
  const auto q = kernels::rotary(qkv.slice(2, 0, group), pass.cos, pass.sin)
                     .view({num_tokens, config_.num_heads, config_.head_dim});
  const auto k = kernels::rotary(qkv.select(2, group), pass.cos, pass.sin);
  pass.cache.write(layer, k, qkv.select(2, group + 1));

  const int64_t length = pass.cache.length() + num_tokens;
  const auto mixed = kernels::causal_attention(
      q, pass.cache.keys(layer, length), pass.cache.values(layer, length), options_.attention);
  return project_by_modality(mixed, &AttentionWeights::out);
}

at::Tensor Decoder::feed_forward(const at::Tensor& x, size_t layer, const Pass& pass) const {
  const auto run = [&](const at::Tensor& rows, const FeedForwardWeights& weights) {
    const auto gate = project(rows, {.weight = weights.gate});
    const auto up = project(rows, {.weight = weights.up});
    return project(kernels::swiglu(gate, up), {.weight = weights.down});
  };
  const auto& text = weights_.layers[layer].feed_forward;
  const auto& visual = weights_.layers[layer].visual_feed_forward;
  if (!visual) return run(x, text);
  return kernels::apply_experts(
      x, pass.routing, [&](const at::Tensor& rows) { return run(rows, text); },
      [&](const at::Tensor& rows) { return run(rows, *visual); });
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
