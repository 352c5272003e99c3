#pragma once

#include <filesystem>

#include "model/weights/names.h"

namespace mono::model {

/// The file of a checkpoint folder that may say what its visual experts are called.
inline constexpr const char* kVisualExpertsFile = "visual_experts.json";

/// What the image-context tokens' own tensors are called in `folder`.
///
/// By default as in Mono-InternVL, `feed_forward_ve.{w1,w3,w2}`, and, with the same suffix,
/// `attention.wqkv_ve` and `attention.wo_ve`; norms are shared. No weights with attention experts
/// are published, so all of it can be said otherwise in visual_experts.json, an object with any of
/// the fields `attention_norm`, `qkv`, `out`, `feed_forward_norm`, `gate`, `up`, `down`: a name
/// relative to a layer, without ".weight"; null for one of the first four: shared with the text.
/// \throws SetupError naming the file and the field if it is malformed or holds another field.
VisualExpertNames visual_expert_names(const std::filesystem::path& folder);

}  // namespace mono::model
