#include "model/config/vision.h"

#include <cmath>
#include <string>

#include "model/joined.h"

namespace mono::model {
namespace {

NormKind norm_kind(const JsonFields& fields) {
  const auto name = fields.text("norm_type");
  if (name == "layer_norm") return NormKind::kLayer;
  if (name == "rms_norm") return NormKind::kRms;
  fields.refuse("norm_type", "\"layer_norm\" or \"rms_norm\"");
}

}  // namespace

void read_vision_layers(const CollectedFields& fields, const VisionFieldNames& names,
                        VisionConfig& config) {
  config.num_layers = fields.size("num_hidden_layers");
  config.num_heads = fields.size("num_attention_heads");
  config.intermediate_size = fields.size("intermediate_size");
  config.norm = fields.value([&] { return norm_kind(fields.fields()); });
  config.norm_epsilon = fields.positive("layer_norm_eps");
  config.has_qkv_bias = fields.flag(names.qkv_bias);
  config.normalises_qk = fields.flag(names.normalises_qk);
  fields.expect_text("hidden_act", "gelu");
}

void check_vision(const JsonFields& fields, const VisionConfig& config) {
  if (config.num_channels != 3) fields.refuse("num_channels", "3");
  if (config.image_size % config.patch_size != 0) {
    fields.refuse("image_size", joined("a multiple of patch_size ", config.patch_size));
  }
  if (config.num_layers > 0 && config.hidden_size % config.num_heads != 0) {
    fields.refuse("num_attention_heads", joined("a divisor of hidden_size ", config.hidden_size));
  }
}

int64_t shuffle_factor(const JsonFields& fields) {
  const double inverse = 1 / fields.positive("downsample_ratio");
  if (inverse < 1 || inverse > 64 || inverse != std::floor(inverse)) {
    fields.refuse("downsample_ratio", "1 over an integer from 1 to 64");
  }
  return static_cast<int64_t>(inverse);
}

void count_tokens(const JsonFields& fields, const std::string& field, ModelConfig& config) {
  const int64_t step = config.vision.patch_size * config.shuffle_factor;
  if (config.image_size % step != 0) {
    fields.refuse(field, joined("a multiple of patch_size ", config.vision.patch_size, " times ",
                                config.shuffle_factor, ", which is 1 / downsample_ratio"));
  }
  const int64_t side = config.image_size / step;
  config.tokens_per_tile = side * side;
  const int64_t num_positions = config.language.max_position_embeddings;
  if (num_positions > 0 && config.tokens_per_tile > num_positions) {
    fields.refuse(field,
                  joined("such that the ", config.tokens_per_tile, " image tokens of a tile of ",
                         config.image_size, " pixels fit max_position_embeddings ", num_positions));
  }
}

int64_t num_vision_layers_used(const JsonFields& fields, const std::string& field,
                               const VisionConfig& config) {
  const int64_t index = fields.integer(field);
  if (config.architecture == VisionArchitecture::kPatchOnly) {
    if (index != -1) fields.refuse(field, "-1, as intern_vit_patch has no layers");
    return 0;
  }
  const int64_t num_states = config.num_layers + 1;
  if (index < -num_states || index >= num_states) {
    fields.refuse(field, joined("an index into ", num_states, " hidden states, from ", -num_states,
                                " to ", num_states - 1));
  }
  return index < 0 ? num_states + index : index;
}

}  // namespace mono::model
