#include "evaluator/bench/workload.h"

namespace mono::bench {
namespace {

double attention_parameters(const model::LanguageConfig& config) {
  const auto heads = static_cast<double>(2 * config.num_heads + 2 * config.num_kv_heads);
  return heads * static_cast<double>(config.head_dim * config.hidden_size);
}

double feed_forward_parameters(const model::LanguageConfig& config) {
  return 3.0 * static_cast<double>(config.hidden_size * config.intermediate_size);
}

double layer_parameters(const model::LanguageConfig& config) {
  return attention_parameters(config) + feed_forward_parameters(config);
}

double head_parameters(const model::LanguageConfig& config) {
  return static_cast<double>(config.hidden_size * config.vocab_size);
}

double cache_values(const model::LanguageConfig& config, double length) {
  return 2.0 * static_cast<double>(config.num_layers * config.num_kv_heads * config.head_dim) *
         length;
}

/// Of one tile: patch embedding, InternViT's layers, projector.
Work tile_work(const model::ModelConfig& config) {
  const auto& vision = config.vision;
  const auto width = static_cast<double>(vision.hidden_size);
  const auto patches = static_cast<double>(config.grid_size() * config.grid_size());
  const double tokens = patches + 1;  // with the class row
  const double patch = static_cast<double>(vision.num_channels * vision.patch_size) *
                       static_cast<double>(vision.patch_size) * width;
  const double layer =
      4 * width * width + 2 * width * static_cast<double>(vision.intermediate_size);
  const auto layers = static_cast<double>(config.num_vision_layers_used);
  const auto out = static_cast<double>(config.language.hidden_size);
  const auto factor = static_cast<double>(config.shuffle_factor);
  const double projector = factor * factor * width * out + out * out;
  return {.flops = 2 * patches * patch +
                   layers * (2 * tokens * layer + 4 * tokens * tokens * width) +
                   2 * static_cast<double>(config.tokens_per_tile) * projector,
          .bytes = patch + layers * layer + projector};
}

}  // namespace

int64_t prompt_length(const model::ModelConfig& config, const Shape& shape) {
  return shape.num_tiles * config.tokens_per_tile + shape.num_text_tokens;
}

Work vision_work(const ModelSize& model, int64_t num_tiles, double bytes_per_value) {
  if (num_tiles == 0) return {};
  const auto tile = tile_work(model.config);
  return {.flops = tile.flops * static_cast<double>(num_tiles),
          .bytes = tile.bytes * bytes_per_value};
}

Work prefill_work(const ModelSize& model, const Shape& shape, double bytes_per_value,
                  int64_t num_requests) {
  const auto& config = model.config;
  const auto& language = config.language;
  const auto length = static_cast<double>(prompt_length(config, shape));
  const auto layers = static_cast<double>(language.num_layers);
  const auto width = static_cast<double>(language.num_heads * language.head_dim);
  const auto requests = static_cast<double>(num_requests);
  Work work{
      .flops = layers * (2 * layer_parameters(language) * length + 2 * length * length * width) +
               2 * head_parameters(language),
      .bytes = layers * layer_parameters(language) + head_parameters(language) +
               requests * cache_values(language, length)};
  if (shape.num_tiles > 0) work.bytes += static_cast<double>(model.visual_expert_parameters);
  const auto vision = vision_work(model, shape.num_tiles, bytes_per_value);
  return {.flops = requests * (work.flops + vision.flops),
          .bytes = work.bytes * bytes_per_value + vision.bytes};
}

Work decode_work(const ModelSize& model, int64_t length, double bytes_per_value,
                 double num_sequences) {
  const auto& language = model.config.language;
  const auto layers = static_cast<double>(language.num_layers);
  const auto width = static_cast<double>(language.num_heads * language.head_dim);
  const double weights = layers * layer_parameters(language) + head_parameters(language);
  const double cached = num_sequences * cache_values(language, static_cast<double>(length));
  return {.flops = num_sequences * (2 * weights + 4 * layers * static_cast<double>(length) * width),
          .bytes = bytes_per_value * (weights + cached)};
}

}  // namespace mono::bench
