#include "model/vision/intern_vit.h"

#include <ATen/ATen.h>

#include <cmath>
#include <string>
#include <utility>

#include "kernels/rms_norm.h"
#include "kernels/row_wise.h"
#include "kernels/scaled_residual.h"

namespace mono::model {
namespace {

// softmax(q k^T / sqrt(head_dim)) v; q, k, v: [num_tiles, num_heads, num_rows, head_dim].
at::Tensor full_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                          kernels::AttentionKind kind) {
  if (kind == kernels::AttentionKind::kFused) return at::scaled_dot_product_attention(q, k, v);
  const double scale = 1 / std::sqrt(static_cast<double>(q.size(3)));
  const auto scores = at::matmul(q * scale, k.transpose(2, 3));
  return at::matmul(at::softmax(scores, -1, at::kFloat).to(q.scalar_type()), v);
}

}  // namespace

InternVit::InternVit(const VisionConfig& config, std::vector<VisionLayerWeights> layers,
                     const VisionOptions& options)
    : config_(config), layers_(std::move(layers)), options_(options) {}

at::Tensor InternVit::operator()(const at::Tensor& embeddings, int64_t num_layers,
                                 const TraceSink& trace) const {
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
  const auto mixed = full_attention(heads_of(0, weights.q_norm), heads_of(1, weights.k_norm),
                                    heads_of(2, {}), options_.attention);
  return project(mixed.transpose(1, 2).reshape(x.sizes()), weights.out);
}

at::Tensor InternVit::mlp(const at::Tensor& x, const VisionLayerWeights& weights) const {
  return project(kernels::gelu(project(x, weights.first)), weights.second);
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
