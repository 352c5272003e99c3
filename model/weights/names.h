#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/config.h"

/// What a checkpoint calls its tensors, as data: the only place that knows. A name stands without
/// its ".weight" and ".bias"; names of a layer are relative to it. A list of several names is one
/// weight of ours, their rows one after the other.
namespace mono::model {

/// How the rows of a packed q, k, v projection lie.
enum class QkvPacking {
  kByKvHead,  // for each kv head: its query heads, its key head, its value head (InternLM2)
  kStacked,   // all of q, all of k, all of v
};

struct VisionNames {
  std::string prefix{};
  std::string class_row{};  // of the embedding; whole names, without ".weight"
  std::string position{};
  std::string patch{};
  std::string layers{};  // "<this>0." begins the names of the first layer
  std::string attention_norm{};
  std::vector<std::string> qkv{};
  std::string q_norm{};
  std::string k_norm{};
  std::string out{};
  std::string attention_scale{};  // whole names, without ".weight"
  std::string mlp_norm{};
  std::string first{};
  std::string second{};
  std::string mlp_scale{};
};

struct ProjectorNames {
  std::string prefix{};
  std::string norm{};
  std::string first{};
  std::string second{};
};

/// Tensors of the image-context tokens' own, relative to a layer; where there is no name the text
/// tokens' serves both.
struct VisualExpertNames {
  std::optional<std::string> attention_norm{};
  std::optional<std::string> qkv{};
  std::optional<std::string> out{};
  std::optional<std::string> feed_forward_norm{};
  std::string gate{};
  std::string up{};
  std::string down{};
};

struct LanguageNames {
  std::string embeddings{};
  std::string norm{};
  std::string head{};
  std::string layers{};
  std::string attention_norm{};
  std::vector<std::string> qkv{};
  QkvPacking packing = QkvPacking::kStacked;
  std::string out{};
  std::string feed_forward_norm{};
  std::vector<std::string> gate_up{};
  std::string down{};
};

struct TensorNames {
  VisionNames vision{};
  ProjectorNames projector{};
  LanguageNames language{};
};

/// The names of a checkpoint that `config` describes.
/// \param has_root  Of the Hugging Face layout: all names but the head's begin with "model.", as
///                  the class has them in memory; else as it writes its files.
TensorNames names_of(const ModelConfig& config, bool has_root);

}  // namespace mono::model
