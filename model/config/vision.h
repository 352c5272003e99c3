#pragma once

#include "model/config.h"
#include "model/config/collected_fields.h"

namespace mono::model {

/// What each layout calls the fields of InternViT.
struct VisionFieldNames {
  const char* qkv_bias = nullptr;
  const char* normalises_qk = nullptr;
};

/// The layers of InternViT into `config`: sizes, norms, biases, activation.
void read_vision_layers(const CollectedFields& fields, const VisionFieldNames& names,
                        VisionConfig& config);

/// The rules that join fields; to be called where every field could be read.
/// \throws SetupError
void check_vision(const JsonFields& fields, const VisionConfig& config);

/// `downsample_ratio` as the side of the squares that become one token.
/// \throws SetupError unless it is 1 over an integer from 1 to 64.
int64_t shuffle_factor(const JsonFields& fields);

/// The tile's tokens, once image_size, shuffle_factor and the vision model are known.
/// \throws SetupError naming `field` if image_size is no multiple of patch_size / downsample_ratio.
void count_tokens(const JsonFields& fields, const std::string& field, ModelConfig& config);

/// The number of layers that `field`, an index into the hidden states with the embedding's first,
/// asks for; negative ones count from the end.
/// \throws SetupError for an index outside them.
int64_t num_vision_layers_used(const JsonFields& fields, const std::string& field,
                               const VisionConfig& config);

}  // namespace mono::model
