#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/weights/names.h"

/// The weights of a model. Sizes: H = hidden_size of the language model, C = of the vision model,
/// D = head_dim, P = patches of the stored position grid, f = shuffle_factor.
namespace mono::model {

/// y = x weight^T + bias, or the scale and shift of a normalisation.
struct AffineWeights {
  at::Tensor weight{};  // [out_features, in_features]; of a normalisation [features]
  at::Tensor bias{};    // [out_features]; undefined where the model has none
};

/// A weight, and another one for the image-context tokens where they have their own.
template <typename Weight>
struct ByModality {
  Weight text{};
  std::optional<Weight> visual{};
};

struct FeedForwardWeights {
  at::Tensor gate{};     // [intermediate_size, H]
  at::Tensor up{};       // [intermediate_size, H]
  at::Tensor down{};     // [H, intermediate_size]
  at::Tensor gate_up{};  // [2 intermediate_size, H], of which the two are views
};

/// One decoder layer.
struct LayerWeights {
  ByModality<at::Tensor> attention_norm{};     // [H]
  ByModality<AffineWeights> qkv{};             // [(num_heads + 2 num_kv_heads) D, H]
  ByModality<AffineWeights> out{};             // [H, num_heads D]
  ByModality<at::Tensor> feed_forward_norm{};  // [H]
  ByModality<FeedForwardWeights> feed_forward{};
};

struct LanguageWeights {
  QkvPacking packing = QkvPacking::kByKvHead;  // of every layer's qkv
  at::Tensor embeddings{};                     // [vocab_size, H]; read-only
  std::vector<LayerWeights> layers{};
  at::Tensor norm{};  // [H]
  at::Tensor head{};  // [vocab_size, H]
};

struct PatchEmbeddingWeights {
  at::Tensor class_row{};  // [1, 1, C]
  at::Tensor position{};   // [1, 1 + P, C], class row first
  AffineWeights patch{};   // [C, 3, patch_size, patch_size]
};

/// One layer of InternViT.
struct VisionLayerWeights {
  AffineWeights attention_norm{};  // [C]
  AffineWeights qkv{};             // [3 C, C]: all of q, all of k, all of v
  at::Tensor q_norm{};             // [C]; undefined where q and k are not normalised
  at::Tensor k_norm{};
  AffineWeights out{};           // [C, C]
  at::Tensor attention_scale{};  // [C]
  AffineWeights mlp_norm{};      // [C]
  AffineWeights first{};         // [intermediate_size, C]
  AffineWeights second{};        // [C, intermediate_size]
  at::Tensor mlp_scale{};        // [C]
};

struct ProjectorWeights {
  AffineWeights norm{};    // [f^2 C]
  AffineWeights first{};   // [H, f^2 C]
  AffineWeights second{};  // [H, H]
};

struct VisionWeights {
  PatchEmbeddingWeights patches{};
  std::vector<VisionLayerWeights> layers{};  // none where the model is the patch embedding alone
  ProjectorWeights projector{};
};

struct ModelWeights {
  VisionWeights vision{};
  LanguageWeights language{};
};

/// Loads the weights of `folder` as `config` describes them: copies, on the CPU in huge pages where
/// the system has them. Gate and up are one tensor, and so are q, k and v. On the CPU the
/// embeddings stay in their file where it has their dtype and the head is another tensor: it must
/// not be written to while they are in use.
///
/// Attention experts of the visual tokens (Mono-InternVL-1.5) are taken in each layer that has
/// them, under the names of `visual_expert_names`.
///
/// \param dtype  kFloat or kBFloat16.
/// \throws SetupError naming every missing, misshaped and unused tensor; or what is wrong with a
/// file.
ModelWeights load_weights(const std::filesystem::path& folder, const ModelConfig& config,
                          at::ScalarType dtype, at::Device device);

/// How many values of all layers only image-context tokens meet.
int64_t visual_expert_parameters(const LanguageWeights& weights);

/// What `load_weights` would refuse, one line a tensor; reads names and shapes, no values.
/// \throws SetupError for a file that cannot be read at all.
std::vector<std::string> weight_faults(const std::filesystem::path& folder,
                                       const ModelConfig& config);

}  // namespace mono::model
