#pragma once

#include <filesystem>

#include "model/weights/safetensors.h"

namespace mono::model {

/// Every tensor of a checkpoint folder: of model.safetensors, or of the shards that
/// model.safetensors.index.json names.
///
/// \throws SetupError as `read_safetensors`, and if the folder holds neither file, a shard is
/// absent, or the index and the shards disagree on where a tensor is.
StoredTensors read_checkpoint(const std::filesystem::path& folder);

}  // namespace mono::model
