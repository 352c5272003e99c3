#pragma once

#include <ATen/core/Tensor.h>

#include <vector>

#include "kernels/attention.h"
#include "kernels/linear.h"
#include "kernels/rounding.h"
#include "model/config.h"
#include "model/trace.h"
#include "model/weights/weights.h"

namespace mono::model {

/// How the vision model computes; the weights' dtype and device decide the rest.
struct VisionOptions {
  kernels::AttentionKind attention = kernels::AttentionKind::kFused;
  kernels::RowPlan row_plan = kernels::RowPlan::kChunked;
  /// Sums, norms and activations as one step each, where the norms are layer norms.
  bool is_fused = false;
  kernels::Rounding rounding = kernels::Rounding::kParity;  // of those steps
};

/// The layers of InternViT over the patches of each tile, the class row among them:
///
///   x += scale1 * out(attention(norm1(x)));   x += scale2 * second(gelu(first(norm2(x))))
///
/// Every row of a tile sees every other row of it and none of another tile. The norms are layer
/// norms (300M) or RMS norms (6B); where q and k are normalised, it is over their whole width, all
/// heads together, before the split. GELU is the erf form. There is no norm behind the last layer.
///
/// Formula and rounding: OpenGVLab/InternVL@2410d1d,
/// internvl_chat/internvl/model/internvl_chat/modeling_intern_vit.py.
class InternVit {
 public:
  InternVit(const VisionConfig& config, std::vector<VisionLayerWeights> layers,
            const VisionOptions& options);

  /// \param embeddings  [num_tiles, 1 + grid^2, C]
  /// \param num_layers  how many layers lead to the result; with a trace the others run too.
  /// \returns           [num_tiles, 1 + grid^2, C], after that many layers
  at::Tensor operator()(const at::Tensor& embeddings, int64_t num_layers,
                        const TraceSink& trace) const;

 private:
  bool can_fuse() const;
  at::Tensor fused(const at::Tensor& embeddings, int64_t num_layers, const TraceSink& trace) const;
  at::Tensor layer(const at::Tensor& x, const VisionLayerWeights& weights) const;
  at::Tensor attention(const at::Tensor& x, const VisionLayerWeights& weights) const;
  at::Tensor mlp(const at::Tensor& x, const VisionLayerWeights& weights) const;
  at::Tensor norm(const at::Tensor& x, const AffineWeights& weights) const;
  at::Tensor project(const at::Tensor& x, const AffineWeights& weights) const;

  VisionConfig config_;
  std::vector<VisionLayerWeights> layers_;
  VisionOptions options_;
};

}  // namespace mono::model
