#pragma once

#include <string>
#include <vector>

#include "model/weights/tensors.h"
#include "model/weights/weights.h"

namespace mono::model {

/// `name`.weight of `shape`, and `name`.bias with as many elements as its first dimension.
AffineWeights take_affine(WeightTaker& taker, const std::string& name,
                          const std::vector<int64_t>& shape, bool has_bias = true);

/// Weights [rows[i], num_columns] and biases [rows[i]] one under the other, in one tensor; stored
/// in one tensor of that shape where there is a single name, else one a name.
AffineWeights take_stacked(WeightTaker& taker, const std::string& prefix,
                           const std::vector<std::string>& names, const std::vector<int64_t>& rows,
                           int64_t num_columns, bool has_bias);

VisionWeights take_vision(WeightTaker& taker, const ModelConfig& config, const VisionNames& vision,
                          const ProjectorNames& projector);

/// \param visual  names of the visual experts; not looked at where the model has none.
LanguageWeights take_language(WeightTaker& taker, const LanguageConfig& config,
                              const LanguageNames& names, const VisualExpertNames& visual);

}  // namespace mono::model
