#include "model/vision/intern_vit.h"

#include <ATen/ATen.h>

#include <string>
#include <utility>

#include "kernels/gelu_bias.h"
#include "kernels/layer_norm.h"
#include "kernels/rms_norm.h"
#include "kernels/row_wise.h"
#include "kernels/scaled_residual.h"

namespace mono::model {
InternVit::InternVit(const VisionConfig& config, std::vector<VisionLayerWeights> layers,
                     const VisionOptions& options)
    : config_(config), layers_(std::move(layers)), options_(options) {}

at::Tensor InternVit::operator()(const at::Tensor& embeddings, int64_t num_layers,
                                 const TraceSink& trace) const {
  if (can_fuse()) return fused(embeddings, num_layers, trace);
  auto result = embeddings;
  auto x = embeddings;
  const auto num_run = trace ? static_cast<int64_t>(layers_.size()) : num_layers;
  for (int64_t i = 0; i < num_run; ++i) {
    x = layer(x, layers_[static_cast<size_t>(i)]);
    if (trace) trace("vit.layer." + std::to_string(i), x);
    if (i + 1 == num_layers) result = x;
  }
  if (trace) trace("vit.output", x);
  return result;
}

bool InternVit::can_fuse() const {
  return options_.is_fused && config_.norm == NormKind::kLayer;
}

// What a block leaves is added in the step that normalises for the next one.
at::Tensor InternVit::fused(const at::Tensor& embeddings, int64_t num_layers,
                            const TraceSink& trace) const {
  const auto residual = embeddings.clone(at::MemoryFormat::Contiguous);
  const auto rows = residual.flatten(0, 1);
  const auto normed = at::empty_like(residual);
  const auto norm_weights = [&](const AffineWeights& norm) {
    return kernels::LayerNormWeights{norm.weight, norm.bias, config_.norm_epsilon};
  };
  const auto add_and_norm = [&](const at::Tensor& delta, const at::Tensor& scale,
                                const AffineWeights& norm) {
    kernels::add_layer_norm_out(rows, delta.flatten(0, 1), scale, norm_weights(norm),
                                options_.rounding, normed.flatten(0, 1));
  };
  const auto num_run = trace ? static_cast<int64_t>(layers_.size()) : num_layers;
  auto result = residual;
  at::Tensor delta;
  for (int64_t i = 0; i < num_run; ++i) {
    const auto& weights = layers_[static_cast<size_t>(i)];
    if (i == 0) {
      kernels::layer_norm_out(rows, norm_weights(weights.attention_norm), normed.flatten(0, 1));
    } else {
      add_and_norm(delta, layers_[static_cast<size_t>(i) - 1].mlp_scale, weights.attention_norm);
    }
    add_and_norm(attention(normed, weights), weights.attention_scale, weights.mlp_norm);
    delta = mlp(normed, weights);
    const auto seen = [&] { return kernels::scaled_residual(residual, delta, weights.mlp_scale); };
    if (trace) trace("vit.layer." + std::to_string(i), seen());
    if (i + 1 == num_layers) result = seen();
  }
  if (trace) {
    trace("vit.output", kernels::scaled_residual(
                            residual, delta, layers_[static_cast<size_t>(num_run) - 1].mlp_scale));
  }
  return result;
}

at::Tensor InternVit::layer(const at::Tensor& x, const VisionLayerWeights& weights) const {
  const auto seen = kernels::scaled_residual(x, attention(norm(x, weights.attention_norm), weights),
                                             weights.attention_scale);
  return kernels::scaled_residual(seen, mlp(norm(seen, weights.mlp_norm), weights),
                                  weights.mlp_scale);
}

at::Tensor InternVit::attention(const at::Tensor& x, const VisionLayerWeights& weights) const {
  const int64_t num_tiles = x.size(0);
  const int64_t num_rows = x.size(1);
  const int64_t width = x.size(2);
  const auto qkv = project(x, weights.qkv);  // [num_tiles, num_rows, 3 * width]
  const auto heads_of = [&](int64_t part, const at::Tensor& norm_weight) {
    auto rows = qkv.slice(2, part * width, (part + 1) * width);
    if (norm_weight.defined()) {
      rows = kernels::rms_norm(rows, norm_weight, config_.qk_norm_epsilon);
    }
    return rows.view({num_tiles, num_rows, config_.num_heads, -1}).transpose(1, 2);
  };
  const auto mixed =
      kernels::full_attention(heads_of(0, weights.q_norm), heads_of(1, weights.k_norm),
                              heads_of(2, {}), options_.attention, options_.row_plan);
  return project(mixed.transpose(1, 2).reshape(x.sizes()), weights.out);
}

at::Tensor InternVit::mlp(const at::Tensor& x, const VisionLayerWeights& weights) const {
  const auto inner = project(x, weights.first);
  if (!can_fuse()) return project(kernels::gelu(inner), weights.second);
  const auto rows = inner.flatten(0, 1);
  kernels::gelu_bias_out(rows, {}, options_.rounding, rows);
  return project(inner, weights.second);
}

at::Tensor InternVit::norm(const at::Tensor& x, const AffineWeights& weights) const {
  if (config_.norm == NormKind::kRms) {
    return kernels::rms_norm(x, weights.weight, config_.norm_epsilon);
  }
  return at::layer_norm(x, x.sizes().slice(2), weights.weight, weights.bias, config_.norm_epsilon);
}

// [num_tiles, num_rows, in] -> [num_tiles, num_rows, out]
at::Tensor InternVit::project(const at::Tensor& x, const AffineWeights& weights) const {
  return kernels::linear(x.flatten(0, 1), weights.weight, weights.bias, options_.row_plan)
      .view({x.size(0), x.size(1), -1});
}

}  // namespace mono::model
