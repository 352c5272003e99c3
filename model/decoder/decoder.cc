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
  std::span<const Stretch> stretches;
  at::Tensor cos;  // [num_tokens, head_dim / 2]
  at::Tensor sin;
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

// [num_tokens, head_dim / 2] each; every sequence has a table and a place of its own.
std::pair<at::Tensor, at::Tensor> rotations(std::span<const Stretch> stretches) {
  std::vector<at::Tensor> cos;
  std::vector<at::Tensor> sin;
  for (const auto& [state, num_tokens] : stretches) {
    auto rows = state->rotary.rows(state->cache.length(), num_tokens);
    cos.push_back(std::move(rows.first));
    sin.push_back(std::move(rows.second));
  }
  if (stretches.size() == 1) return {cos.front(), sin.front()};
  return {at::cat(cos), at::cat(sin)};
}

void trace_layer(const TraceSink& trace, size_t layer, const at::Tensor& hidden_states,
                 std::span<const Stretch> stretches) {
  const auto name = "layer." + std::to_string(layer);
  trace(name, hidden_states);
  if (stretches.size() != 1) return;
  const auto& cache = stretches.front().state->cache;
  const int64_t length = cache.length() + stretches.front().num_tokens;
  trace(name + ".k", cache.keys(layer, length));
  trace(name + ".v", cache.values(layer, length));
}

}  // namespace

Decoder::Decoder(const LanguageConfig& config, LanguageWeights weights,
                 const DecoderOptions& options)
    : config_(config), weights_(std::move(weights)), options_(options) {}

DecoderState Decoder::start(int64_t capacity, int64_t num_positions) const {
  const auto dtype = weights_.embeddings.scalar_type();
  const auto device = weights_.embeddings.device();
  return {.cache = KvCache(config_, capacity, dtype, device),
          .rotary = RotaryTable(config_, num_positions, dtype, device)};
}

at::Tensor Decoder::embed(std::span<const int64_t> input_ids) const {
  const auto ids = at::tensor(at::IntArrayRef(input_ids.data(), input_ids.size()), at::kLong);
  return at::embedding(weights_.embeddings, ids.to(weights_.embeddings.device()));
}

at::Tensor Decoder::forward(const at::Tensor& embeddings, const kernels::ExpertRouting& routing,
                            DecoderState& state, const TraceSink& trace) const {
  const Stretch stretch{.state = &state, .num_tokens = embeddings.size(0)};
  return forward(embeddings, routing, {&stretch, 1}, trace);
}

at::Tensor Decoder::forward(const at::Tensor& embeddings, const kernels::ExpertRouting& routing,
                            std::span<const Stretch> stretches, const TraceSink& trace) const {
  const auto [cos, sin] = rotations(stretches);
  TORCH_CHECK(cos.size(0) == embeddings.size(0), "Decoder: ", embeddings.size(0),
              " embeddings, stretches of ", cos.size(0), " tokens");
  const Pass pass{.routing = routing, .stretches = stretches, .cos = cos, .sin = sin};

  auto hidden_states = embeddings;  // [num_tokens, hidden_size]
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    const auto& layer = weights_.layers[i];
    hidden_states =
        attention(norm(hidden_states, layer.attention_norm, pass), i, pass).add_(hidden_states);
    hidden_states = feed_forward(norm(hidden_states, layer.feed_forward_norm, pass), layer, pass)
                        .add_(hidden_states);
    if (trace) trace_layer(trace, i, hidden_states, stretches);
  }
  for (const auto& stretch : stretches) stretch.state->cache.advance(stretch.num_tokens);
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
  const auto packed = split_heads(by_modality(x, weights.qkv, pass.routing, affine));
  const Heads heads{.q = kernels::rotary(packed.q, pass.cos, pass.sin)
                             .view({x.size(0), config_.num_heads, config_.head_dim}),
                    .k = kernels::rotary(packed.k, pass.cos, pass.sin),
                    .v = packed.v};
  std::vector<at::Tensor> mixed;
  int64_t begin = 0;
  for (const auto& stretch : pass.stretches) {
    const int64_t end = begin + stretch.num_tokens;
    mixed.push_back(attend({.q = heads.q.slice(0, begin, end),
                            .k = heads.k.slice(0, begin, end),
                            .v = heads.v.slice(0, begin, end)},
                           layer, stretch));
    begin = end;
  }
  return by_modality(mixed.size() == 1 ? mixed.front() : at::cat(mixed), weights.out, pass.routing,
                     affine);
}

at::Tensor Decoder::attend(const Heads& heads, size_t layer, const Stretch& stretch) const {
  auto& cache = stretch.state->cache;
  cache.write(layer, heads.k, heads.v);
  const int64_t length = cache.length() + stretch.num_tokens;
  if (options_.row_plan == kernels::RowPlan::kChunked) {
    return kernels::causal_attention_in_blocks(heads.q, cache.padded_keys(layer, length),
                                               cache.padded_values(layer, length), cache.length(),
                                               options_.attention);
  }
  return kernels::causal_attention(heads.q, cache.keys(layer, length), cache.values(layer, length),
                                   options_.attention);
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
