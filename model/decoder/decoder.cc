#include "model/decoder/decoder.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "kernels/rms_norm.h"
#include "kernels/rotary.h"
#include "kernels/swiglu.h"
#include "model/decoder/attend.h"
#include "model/decoder/fused_layers.h"
#include "model/decoder/fused_prefill.h"

namespace mono::model {

/// What the layers of one pass share.
struct Decoder::Pass {
  const kernels::ExpertRouting& routing;
  std::span<const Stretch> stretches;
  at::Tensor cos;  // [num_tokens, head_dim / 2]
  at::Tensor sin;
  TokensOf tokens_of;
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

LayerTrace layer_trace(const TraceSink& trace, std::span<const Stretch> stretches) {
  if (!trace) return nullptr;
  return [=](size_t layer, const at::Tensor& hidden_states) {
    const auto name = "layer." + std::to_string(layer);
    trace(name, hidden_states);
    if (stretches.size() != 1) return;
    const auto& cache = stretches.front().state->cache;
    const int64_t length = cache.length() + stretches.front().num_tokens;
    trace(name + ".k", cache.keys(layer, length));
    trace(name + ".v", cache.values(layer, length));
  };
}

// Rows of zeros up to a multiple of 8 rows.
at::Tensor padded_head(const at::Tensor& head) {
  constexpr int64_t kRows = 8;
  const int64_t padded = (head.size(0) + kRows - 1) / kRows * kRows;
  if (padded == head.size(0)) return head;
  auto rows = at::zeros({padded, head.size(1)}, head.options());
  rows.slice(0, 0, head.size(0)).copy_(head);
  return rows;
}

}  // namespace

Decoder::Decoder(const LanguageConfig& config, LanguageWeights weights,
                 const DecoderOptions& options)
    : config_(config),
      weights_(std::move(weights)),
      options_(options),
      head_(options.is_fused ? padded_head(weights_.head) : weights_.head) {
  if (!options.is_fused) return;
  if (!weights_.head.is_same(weights_.embeddings)) {
    weights_.head = head_.slice(0, 0, config.vocab_size);  // frees the other copy
  }
  fused_layers_ = std::make_unique<const FusedLayers>(config_, weights_, options.rounding);
}

Decoder::~Decoder() = default;

RotaryTable Decoder::rotary_table(int64_t num_positions) const {
  const int64_t wanted = std::min(num_positions, RotaryTable::length_of_first_table(config_));
  const std::lock_guard lock(tables_mutex_);
  if (!longest_table_ || longest_table_->first_cos().size(0) < wanted) {
    const auto positions = static_cast<int64_t>(std::bit_ceil(static_cast<uint64_t>(wanted)));
    longest_table_.emplace(config_, positions, weights_.embeddings.scalar_type(),
                           weights_.embeddings.device());
  }
  return *longest_table_;
}

DecoderState Decoder::start(int64_t capacity, int64_t num_positions) const {
  return {.cache = KvCache(config_, capacity, weights_.embeddings.scalar_type(),
                           weights_.embeddings.device()),
          .rotary = rotary_table(num_positions)};
}

at::Tensor Decoder::forward(const at::Tensor& embeddings, const kernels::ExpertRouting& routing,
                            DecoderState& state, const TraceSink& trace, TokensOf tokens_of) const {
  const Stretch stretch{.state = &state, .num_tokens = embeddings.size(0)};
  return forward(embeddings, routing, {&stretch, 1}, trace, tokens_of);
}

at::Tensor Decoder::forward(const at::Tensor& embeddings, const kernels::ExpertRouting& routing,
                            std::span<const Stretch> stretches, const TraceSink& trace,
                            TokensOf tokens_of) const {
  const auto angles = rotations(stretches);
  TORCH_CHECK(angles.first.size(0) == embeddings.size(0), "Decoder: ", embeddings.size(0),
              " embeddings, stretches of ", angles.first.size(0), " tokens");
  for (const auto& stretch : stretches) stretch.state->cache.prepare(stretch.num_tokens);
  const auto after_layer = layer_trace(trace, stretches);
  const auto hidden_states = fused_layers_
                                 ? fused_forward(*fused_layers_, config_, options_, embeddings,
                                                 routing, stretches, angles, after_layer)
                                 : plain_forward(embeddings,
                                                 {.routing = routing,
                                                  .stretches = stretches,
                                                  .cos = angles.first,
                                                  .sin = angles.second,
                                                  .tokens_of = tokens_of},
                                                 after_layer);
  for (const auto& stretch : stretches) stretch.state->cache.advance(stretch.num_tokens);
  return hidden_states;
}

at::Tensor Decoder::plain_forward(const at::Tensor& embeddings, const Pass& pass,
                                  const LayerTrace& after_layer) const {
  auto hidden_states = embeddings;  // [num_tokens, hidden_size]
  for (size_t i = 0; i < weights_.layers.size(); ++i) {
    const auto& layer = weights_.layers[i];
    hidden_states =
        attention(norm(hidden_states, layer.attention_norm, pass), i, pass).add_(hidden_states);
    hidden_states = feed_forward(norm(hidden_states, layer.feed_forward_norm, pass), layer, pass)
                        .add_(hidden_states);
    if (after_layer) after_layer(i, hidden_states);
  }
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
    return project(rows, w, pass.tokens_of);
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
    stretch.state->cache.write(layer, heads.k.slice(0, begin, end), heads.v.slice(0, begin, end));
    const auto q = heads.q.slice(0, begin, end);
    mixed.push_back(pass.tokens_of == TokensOf::kAnswers
                        ? attend_from_token(q, stretch, layer, options_.attention)
                        : attend_to_cache(q, stretch, layer, options_));
    begin = end;
  }
  return by_modality(mixed.size() == 1 ? mixed.front() : at::cat(mixed), weights.out, pass.routing,
                     affine);
}

at::Tensor Decoder::feed_forward(const at::Tensor& x, const LayerWeights& layer,
                                 const Pass& pass) const {
  return by_modality(
      x, layer.feed_forward, pass.routing,
      [&](const at::Tensor& rows, const FeedForwardWeights& weights) {
        const auto product = [&](const at::Tensor& x_rows, const at::Tensor& weight) {
          return project(x_rows, {.weight = weight}, pass.tokens_of);
        };
        if (pass.tokens_of == TokensOf::kAnswers) {
          const auto both = product(rows, weights.gate_up).chunk(2, /*dim=*/1);
          return product(kernels::swiglu(both[0], both[1]), weights.down);
        }
        return product(kernels::swiglu(product(rows, weights.gate), product(rows, weights.up)),
                       weights.down);
      });
}

at::Tensor Decoder::norm(const at::Tensor& x, const ByModality<at::Tensor>& weight,
                         const Pass& pass) const {
  return by_modality(x, weight, pass.routing, [&](const at::Tensor& rows, const at::Tensor& w) {
    return kernels::rms_norm(rows, w, config_.rms_norm_epsilon);
  });
}

at::Tensor Decoder::project(const at::Tensor& x, const AffineWeights& weights,
                            TokensOf tokens_of) const {
  if (tokens_of == TokensOf::kAnswers) return few_rows_product(x, weights);
  return kernels::linear(x, weights.weight, weights.bias, options_.row_plan);
}

}  // namespace mono::model
