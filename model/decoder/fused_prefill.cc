#include "model/decoder/fused_prefill.h"

#include <ATen/ATen.h>

#include <utility>
#include <vector>

#include "model/decoder/attend.h"

namespace mono::model {
namespace {

// The residual stream with what the last layer left; a new tensor.
at::Tensor completed(const at::Tensor& residual, const PendingDelta& pending) {
  return residual +
         (pending.row.defined() ? pending.rows.index_select(0, pending.row) : pending.rows);
}

kernels::QkvViews rows_of(const kernels::QkvViews& views, int64_t begin, int64_t count) {
  return {.q = views.q.narrow(0, begin, count),
          .k = views.k.narrow(0, begin, count),
          .v = views.v.narrow(0, begin, count)};
}

/// The attention of a packed pass: each sequence appends to its own cache and attends to it.
class PackedAttention {
 public:
  PackedAttention(const LanguageConfig& config, const DecoderOptions& options,
                  std::span<const Stretch> stretches,
                  const std::pair<at::Tensor, at::Tensor>& rotations)
      : config_(config), options_(options), stretches_(stretches), rotations_(rotations) {
    const int64_t num_tokens = rotations.first.size(0);
    const auto maps = at::zeros({3, num_tokens}, at::kInt);  // slot, position, angle
    auto rows = maps.accessor<int32_t, 2>();
    int64_t token = 0;
    for (const auto& [state, count] : stretches) {
      for (int64_t i = 0; i < count; ++i, ++token) {
        rows[1][token] = static_cast<int32_t>(state->cache.length() + i);
        rows[2][token] = static_cast<int32_t>(token);
      }
    }
    const auto there = maps.to(rotations.first.device(), /*non_blocking=*/true);
    places_ = {.slot = there[0], .position = there[1], .angle = there[2]};
  }

  at::Tensor operator()(size_t layer, const kernels::QkvViews& qkv, const at::Tensor& row) const {
    std::vector<at::Tensor> mixed;
    int64_t begin = 0;
    for (const auto& stretch : stretches_) {
      mixed.push_back(attend(append(stretch, begin, layer, qkv, row), layer, stretch));
      begin += stretch.num_tokens;
    }
    return mixed.size() == 1 ? mixed.front() : at::cat(mixed);
  }

 private:
  // \returns the rotated queries, [whole blocks of the stretch's tokens, num_heads, head_dim];
  // what is behind its tokens was never written
  at::Tensor append(const Stretch& stretch, int64_t begin, size_t layer,
                    const kernels::QkvViews& qkv, const at::Tensor& row) const {
    const int64_t count = stretch.num_tokens;
    const auto of_stretch = [&](const at::Tensor& map) { return map.narrow(0, begin, count); };
    const auto& cache = stretch.state->cache;
    auto blocks =
        at::empty({cache.padded_keys(layer, count).size(1), config_.num_heads, config_.head_dim},
                  qkv.q.options());
    const auto q = blocks.narrow(0, 0, count);
    kernels::rotary_append(row.defined() ? qkv : rows_of(qkv, begin, count), {}, rotations_.first,
                           rotations_.second,
                           {.slot = of_stretch(places_.slot),
                            .position = of_stretch(places_.position),
                            .angle = of_stretch(places_.angle),
                            .row = row.defined() ? of_stretch(row) : at::Tensor()},
                           options_.rounding, cache.key_slot(layer), cache.value_slot(layer), q);
    return blocks;
  }

  // A prompt is read in whole blocks where its bits are free: what is planned for a length (cuDNN
  // does) is then planned for few lengths, and no token sees the ones behind it.
  at::Tensor attend(const at::Tensor& blocks, size_t layer, const Stretch& stretch) const {
    const auto& cache = stretch.state->cache;
    const int64_t count = stretch.num_tokens;
    if (cache.length() > 0 || options_.row_plan != kernels::RowPlan::kFree) {
      return attend_to_cache(blocks.narrow(0, 0, count), stretch, layer, options_);
    }
    return kernels::causal_attention(blocks, cache.padded_keys(layer, count),
                                     cache.padded_values(layer, count), options_.attention)
        .narrow(0, 0, count);
  }

  const LanguageConfig& config_;
  const DecoderOptions& options_;
  std::span<const Stretch> stretches_;
  const std::pair<at::Tensor, at::Tensor>& rotations_;
  kernels::TokenPlaces places_{};
};

}  // namespace

at::Tensor fused_forward(const FusedLayers& layers, const LanguageConfig& config,
                         const DecoderOptions& options, const at::Tensor& embeddings,
                         const kernels::ExpertRouting& routing, std::span<const Stretch> stretches,
                         const std::pair<at::Tensor, at::Tensor>& rotations,
                         const LayerTrace& after_layer) {
  const int64_t num_tokens = embeddings.size(0);
  const auto buffers = make_layer_buffers(config, num_tokens, embeddings.options());
  buffers.residual.copy_(embeddings);
  FusedLayers::AfterLayer trace;
  if (after_layer) {
    trace = [&](size_t layer, const PendingDelta& pending) {
      after_layer(layer, completed(buffers.residual, pending));
    };
  }
  const Products products{
      .affine = [&](const at::Tensor& x, const AffineWeights& weights, const at::Tensor& y) {
        kernels::linear_out(x, weights.weight, weights.bias, options.row_plan, y);
      }};
  const PackedAttention attend(config, options, stretches, rotations);
  const auto pending = layers(buffers, routing, products, attend, trace);
  return completed(buffers.residual, pending);
}

}  // namespace mono::model
