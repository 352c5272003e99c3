#include <string>

#include "model/weights/taking.h"

namespace mono::model {
namespace {

PatchEmbeddingWeights patch_embedding(WeightTaker& taker, const ModelConfig& config,
                                      const VisionNames& names) {
  const int64_t channels = config.vision.hidden_size;
  const int64_t side = config.vision.patch_size;
  const int64_t num_patches = config.stored_grid_size() * config.stored_grid_size();
  return {
      .class_row = taker.take(names.class_row, {1, 1, channels}),
      .position = taker.take(names.position, {1, 1 + num_patches, channels}),
      .patch = take_affine(taker, names.patch, {channels, config.vision.num_channels, side, side})};
}

VisionLayerWeights layer(WeightTaker& taker, const VisionConfig& config, const VisionNames& names,
                         const std::string& prefix) {
  const int64_t width = config.hidden_size;
  const int64_t inner = config.intermediate_size;
  const bool has_shift = config.norm == NormKind::kLayer;
  VisionLayerWeights weights{
      .attention_norm = take_affine(taker, prefix + names.attention_norm, {width}, has_shift),
      .qkv =
          take_stacked(taker, prefix, names.qkv, {width, width, width}, width, config.has_qkv_bias),
      .out = take_affine(taker, prefix + names.out, {width, width}),
      .attention_scale = taker.take(prefix + names.attention_scale, {width}),
      .mlp_norm = take_affine(taker, prefix + names.mlp_norm, {width}, has_shift),
      .first = take_affine(taker, prefix + names.first, {inner, width}),
      .second = take_affine(taker, prefix + names.second, {width, inner}),
      .mlp_scale = taker.take(prefix + names.mlp_scale, {width})};
  if (config.normalises_qk) {
    weights.q_norm = taker.take(prefix + names.q_norm + ".weight", {width});
    weights.k_norm = taker.take(prefix + names.k_norm + ".weight", {width});
  }
  return weights;
}

ProjectorWeights projector(WeightTaker& taker, const ModelConfig& config,
                           const ProjectorNames& names) {
  const int64_t in = config.shuffle_factor * config.shuffle_factor * config.vision.hidden_size;
  const int64_t out = config.language.hidden_size;
  return {.norm = take_affine(taker, names.norm, {in}),
          .first = take_affine(taker, names.first, {out, in}),
          .second = take_affine(taker, names.second, {out, out})};
}

}  // namespace

VisionWeights take_vision(WeightTaker& taker, const ModelConfig& config, const VisionNames& vision,
                          const ProjectorNames& projector_names) {
  VisionWeights weights{.patches = patch_embedding(taker, config, vision),
                        .projector = projector(taker, config, projector_names)};
  for (int64_t i = 0; i < config.vision.num_layers; ++i) {
    weights.layers.push_back(
        layer(taker, config.vision, vision, vision.layers + std::to_string(i) + "."));
  }
  return weights;
}

}  // namespace mono::model
