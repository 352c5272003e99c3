#include "model/weights/weights.h"

#include <ATen/ATen.h>

#include <string>

#include "model/weights/checkpoint.h"
#include "model/weights/tensors.h"

namespace mono::model {
namespace {

AffineWeights affine(WeightTaker& taker, const std::string& name,
                     const std::vector<int64_t>& shape) {
  return {.weight = taker.take(name + ".weight", shape),
          .bias = taker.take(name + ".bias", {shape.front()})};
}

PatchEmbeddingWeights patch_embedding(WeightTaker& taker, const ModelConfig& config) {
  const std::string prefix = "vision_model.embeddings.";
  const int64_t channels = config.vision.hidden_size;
  const int64_t side = config.vision.patch_size;
  const int64_t num_patches = config.stored_grid_size() * config.stored_grid_size();
  return {.class_row = taker.take(prefix + "class_embedding", {1, 1, channels}),
          .position = taker.take(prefix + "position_embedding", {1, 1 + num_patches, channels}),
          .patch = affine(taker, prefix + "patch_embedding",
                          {channels, config.vision.num_channels, side, side})};
}

ProjectorWeights projector(WeightTaker& taker, const ModelConfig& config) {
  const int64_t in = config.shuffle_factor * config.shuffle_factor * config.vision.hidden_size;
  const int64_t out = config.language.hidden_size;
  return {.norm = affine(taker, "mlp1.0", {in}),
          .first = affine(taker, "mlp1.1", {out, in}),
          .second = affine(taker, "mlp1.3", {out, out})};
}

AttentionWeights attention(WeightTaker& taker, const LanguageConfig& config,
                           const std::string& prefix, const std::string& suffix) {
  const int64_t q_size = config.num_heads * config.head_dim;
  const int64_t qkv_size = q_size + 2 * config.num_kv_heads * config.head_dim;
  const auto qkv = prefix + "attention.wqkv" + suffix;
  const auto out = prefix + "attention.wo" + suffix;
  if (config.has_attention_bias) {
    return {.qkv = affine(taker, qkv, {qkv_size, config.hidden_size}),
            .out = affine(taker, out, {config.hidden_size, q_size})};
  }
  return {.qkv = {.weight = taker.take(qkv + ".weight", {qkv_size, config.hidden_size})},
          .out = {.weight = taker.take(out + ".weight", {config.hidden_size, q_size})}};
}

FeedForwardWeights feed_forward(WeightTaker& taker, const LanguageConfig& config,
                                const std::string& name) {
  return {.gate = taker.take(name + ".w1.weight", {config.intermediate_size, config.hidden_size}),
          .up = taker.take(name + ".w3.weight", {config.intermediate_size, config.hidden_size}),
          .down = taker.take(name + ".w2.weight", {config.hidden_size, config.intermediate_size})};
}

LayerWeights layer(WeightTaker& taker, const LanguageConfig& config, const std::string& prefix) {
  LayerWeights weights{
      .attention_norm = taker.take(prefix + "attention_norm.weight", {config.hidden_size}),
      .feed_forward_norm = taker.take(prefix + "ffn_norm.weight", {config.hidden_size}),
      .attention = attention(taker, config, prefix, ""),
      .feed_forward = feed_forward(taker, config, prefix + "feed_forward")};
  if (config.has_visual_experts) {
    weights.visual_feed_forward = feed_forward(taker, config, prefix + "feed_forward_ve");
    if (taker.has(prefix + "attention.wqkv_ve.weight")) {
      weights.visual_attention = attention(taker, config, prefix, "_ve");
    }
  }
  return weights;
}

LanguageWeights language(WeightTaker& taker, const LanguageConfig& config) {
  const std::string prefix = "language_model.model.";
  LanguageWeights weights{
      .embeddings =
          taker.take(prefix + "tok_embeddings.weight", {config.vocab_size, config.hidden_size}),
      .norm = taker.take(prefix + "norm.weight", {config.hidden_size}),
      .head = taker.take("language_model.output.weight", {config.vocab_size, config.hidden_size})};
  for (int64_t i = 0; i < config.num_layers; ++i) {
    weights.layers.push_back(layer(taker, config, prefix + "layers." + std::to_string(i) + "."));
  }
  return weights;
}

}  // namespace

ModelWeights load_weights(const std::filesystem::path& folder, const ModelConfig& config,
                          at::ScalarType dtype, at::Device device) {
  WeightTaker taker(read_checkpoint(folder), dtype, device);
  ModelWeights weights{.patches = patch_embedding(taker, config),
                       .projector = projector(taker, config),
                       .language = language(taker, config.language)};
  taker.finish(folder);
  return weights;
}

}  // namespace mono::model
