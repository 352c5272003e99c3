#pragma once

#include <ATen/core/Tensor.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "model/config.h"

/// The weights of a model. Sizes: H = hidden_size of the language model, C = of the vision model,
/// D = head_dim, P = patches of the stored position grid, f = shuffle_factor.
namespace mono::model {

/// y = x weight^T + bias, or the scale and shift of a layer normalisation.
struct AffineWeights {
  at::Tensor weight{};  // [out_features, in_features]; of a normalisation [features]
  at::Tensor bias{};    // [out_features]; undefined where the model has none
};

struct AttentionWeights {
  AffineWeights qkv{};  // [(num_heads + 2 num_kv_heads) D, H], grouped by kv head
  AffineWeights out{};  // [H, num_heads D]
};

struct FeedForwardWeights {
  at::Tensor gate{};  // [intermediate_size, H]
  at::Tensor up{};    // [intermediate_size, H]
  at::Tensor down{};  // [H, intermediate_size]
};

/// One decoder layer. The visual experts, where there are any, take the image-context tokens.
struct LayerWeights {
  at::Tensor attention_norm{};     // [H]
  at::Tensor feed_forward_norm{};  // [H]
  AttentionWeights attention{};
  std::optional<AttentionWeights> visual_attention{};
  FeedForwardWeights feed_forward{};
  std::optional<FeedForwardWeights> visual_feed_forward{};
};

struct LanguageWeights {
  at::Tensor embeddings{};  // [vocab_size, H]
  std::vector<LayerWeights> layers{};
  at::Tensor norm{};  // [H]
  at::Tensor head{};  // [vocab_size, H]
};

struct PatchEmbeddingWeights {
  at::Tensor class_row{};  // [1, 1, C]
  at::Tensor position{};   // [1, 1 + P, C], class row first
  AffineWeights patch{};   // [C, 3, patch_size, patch_size]
};

struct ProjectorWeights {
  AffineWeights norm{};    // [f^2 C]
  AffineWeights first{};   // [H, f^2 C]
  AffineWeights second{};  // [H, H]
};

struct ModelWeights {
  PatchEmbeddingWeights patches{};
  ProjectorWeights projector{};
  LanguageWeights language{};
};

/// Loads the weights of `folder` as `config` describes them. bf16 weights computed in bf16 on the
/// CPU stay in the mapped file.
///
/// Attention experts of the visual tokens (Mono-InternVL-1.5) are taken in each layer that has
/// them, under the names attention.wqkv_ve and attention.wo_ve.
///
/// \param dtype  kFloat or kBFloat16.
/// \throws SetupError naming every missing, misshaped and unused tensor; or what is wrong with a
/// file.
ModelWeights load_weights(const std::filesystem::path& folder, const ModelConfig& config,
                          at::ScalarType dtype, at::Device device);

}  // namespace mono::model
