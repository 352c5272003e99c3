#pragma once

#include <ATen/core/Tensor.h>

#include "model/config.h"
#include "model/trace.h"
#include "model/vision/intern_vit.h"
#include "model/weights/weights.h"

namespace mono::model {

/// Turns tiles into embeddings of the language model:
///
///   tiles [num_tiles, 3, S, S] -> patches [num_tiles, 1 + grid^2, C] -> layers of InternViT, if
///   any -> without the class row -> squares of f x f patches [num_tiles, tokens_per_tile, f^2 C]
///   -> projector [.., H]
class VisualEncoder {
 public:
  /// The position grid is resized once, here, where the tiles are not of the size it was made for:
  /// bicubic (a = -0.75), align_corners false, in fp32.
  VisualEncoder(const ModelConfig& config, VisionWeights weights, const VisionOptions& options);

  /// \param pixel_values  [num_tiles, 3, image_size, image_size]; dtype and device of the weights.
  /// \returns             [num_tiles * tokens_per_tile, H]
  at::Tensor operator()(const at::Tensor& pixel_values, const TraceSink& trace) const;

 private:
  at::Tensor embed(const at::Tensor& pixel_values) const;
  at::Tensor patches_of(const at::Tensor& embeddings, const TraceSink& trace) const;
  at::Tensor project(const at::Tensor& tokens) const;

  ModelConfig config_;
  PatchEmbeddingWeights patches_;
  InternVit layers_;
  ProjectorWeights projector_;
  kernels::RowPlan row_plan_;
};

}  // namespace mono::model
