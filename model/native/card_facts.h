#pragma once

#include <string>
#include <utility>
#include <vector>

#include "model/config.h"
#include "model/weights/names.h"
#include "model/weights/safetensors.h"

/// The lines of a model card that need no judgement: name and value, in reading order.
namespace mono::model {

using Facts = std::vector<std::pair<std::string, std::string>>;

/// Layout, language model, vision model, tiles and tokens, cache.
Facts facts_of(const ModelConfig& config);

/// Parameters of each part, in each stored dtype, and the memory they take.
/// \param experts  how the visual experts are called; looked for in every tensor's name.
Facts facts_of(const StoredTensors& tensors, const VisualExpertNames& experts);

/// What the checkpoint is as a whole: monolithic with which experts, or modular.
std::string kind_of(const ModelConfig& config, const StoredTensors& tensors,
                    const VisualExpertNames& experts);

}  // namespace mono::model
