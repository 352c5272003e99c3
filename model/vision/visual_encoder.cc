#include "model/vision/visual_encoder.h"

#include <ATen/ATen.h>

#include <utility>

#include "kernels/pixel_shuffle.h"
#include "kernels/row_wise.h"

namespace mono::model {
namespace {

constexpr double kProjectorNormEpsilon = 1e-5;  // PyTorch's default; no field of config.json

// [1, 1 + from^2, C] -> [1, 1 + to^2, C]; the class row stays.
at::Tensor resized_positions(const at::Tensor& position, int64_t from, int64_t to) {
  if (from == to) return position;
  const auto grid = position.slice(1, 1)
                        .reshape({1, from, from, -1})
                        .permute({0, 3, 1, 2})
                        .to(at::kFloat)
                        .contiguous();  // [1, C, from, from]
  const auto resized = at::upsample_bicubic2d(grid, {to, to}, /*align_corners=*/false);
  const auto rows = resized.flatten(2).transpose(1, 2).to(position.scalar_type());
  return at::cat({position.slice(1, 0, 1), rows}, 1);
}

}  // namespace

VisualEncoder::VisualEncoder(const ModelConfig& config, VisionWeights weights,
                             const VisionOptions& options)
    : config_(config),
      patches_(std::move(weights.patches)),
      layers_(config.vision, std::move(weights.layers), options),
      projector_(std::move(weights.projector)),
      row_plan_(options.row_plan) {
  patches_.position =
      resized_positions(patches_.position, config.stored_grid_size(), config.grid_size());
  patches_.patch.weight = patches_.patch.weight.flatten(1);  // [C, 3 * patch_size^2]
}

// The convolution's windows do not overlap, so it is a matrix product of patches.
at::Tensor VisualEncoder::embed(const at::Tensor& pixel_values) const {
  const int64_t num_tiles = pixel_values.size(0);
  const int64_t grid = config_.grid_size();
  const int64_t side = config_.vision.patch_size;
  const auto pixels =
      pixel_values.reshape({num_tiles, config_.vision.num_channels, grid, side, grid, side})
          .permute({0, 2, 4, 1, 3, 5})
          .reshape({num_tiles * grid * grid, -1});  // [num_tiles * grid^2, 3 * patch_size^2]
  const auto patches =
      kernels::linear(pixels, patches_.patch.weight, patches_.patch.bias, row_plan_)
          .view({num_tiles, grid * grid, -1});
  const auto class_rows = patches_.class_row.expand({num_tiles, 1, -1});
  return at::cat({class_rows, patches}, 1).add_(patches_.position);
}

at::Tensor VisualEncoder::project(const at::Tensor& tokens) const {
  const auto normalised = at::layer_norm(tokens, tokens.sizes().slice(2), projector_.norm.weight,
                                         projector_.norm.bias, kProjectorNormEpsilon)
                              .flatten(0, 1);
  const auto hidden = kernels::gelu(
      kernels::linear(normalised, projector_.first.weight, projector_.first.bias, row_plan_));
  return kernels::linear(hidden, projector_.second.weight, projector_.second.bias, row_plan_);
}

// Without the class row, [num_tiles, grid^2, C]. The patch embedding alone drops it before it
// returns, InternViT keeps it: the reference's two outputs.
at::Tensor VisualEncoder::patches_of(const at::Tensor& embeddings, const TraceSink& trace) const {
  if (config_.vision.architecture == VisionArchitecture::kInternVit) {
    return layers_(embeddings, config_.num_vision_layers_used, trace).slice(1, 1);
  }
  const auto patches = embeddings.slice(1, 1);
  if (trace) trace("vit.output", patches);
  return patches;
}

at::Tensor VisualEncoder::operator()(const at::Tensor& pixel_values, const TraceSink& trace) const {
  const auto embeddings = embed(pixel_values);  // [num_tiles, 1 + grid^2, C]
  if (trace) trace("vit.embeddings", embeddings);
  const auto patches = patches_of(embeddings, trace);  // [num_tiles, grid^2, C]
  const auto tokens =
      kernels::pixel_shuffle(patches, config_.shuffle_factor, config_.transposes_shuffle);
  const auto visual = project(tokens);  // [num_tiles * tokens_per_tile, H]
  if (trace) {
    trace("mlp1.input", tokens);
    trace("visual_embeds", visual.view({pixel_values.size(0), config_.tokens_per_tile, -1}));
  }
  return visual;
}

}  // namespace mono::model
