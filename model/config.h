#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a checkpoint's config.json says. Free of Torch.
namespace mono::model {

/// How a folder nests its config.json and names its tensors: as the published `InternVLChatModel`
/// checkpoints, or as `InternVLForConditionalGeneration` of Transformers ("-hf").
enum class CheckpointLayout { kChat, kHuggingFace };

/// Language models by the name in `llm_config.architectures[0]`.
enum class LanguageArchitecture { kInternLm2Ve, kInternLm2, kQwen2, kLlama, kPhi3 };

/// What stands between the pixels and the projector.
enum class VisionArchitecture { kPatchOnly, kInternVit };

/// How rotary angles change with length: not at all; positions divided by the factor; a base that
/// grows once a sequence is longer than max_position_embeddings; or divisors of the frequencies,
/// others beyond the length the model was first trained for (Phi-3, with two magnitudes).
enum class RopeScalingKind { kNone, kLinear, kDynamic, kSu, kYarn };

/// The normalisations of the vision model.
enum class NormKind { kLayer, kRms };

/// `rope_scaling` of the language model.
struct RopeScaling {
  RopeScalingKind kind = RopeScalingKind::kNone;
  double factor = 1;  // >= 1; of kLinear and kDynamic

  // Of kSu and kYarn.
  std::vector<double> short_factors{};  // [head_dim / 2], > 0
  std::vector<double> long_factors{};   // likewise, once a sequence is longer than:
  int64_t original_max_position_embeddings = 0;
};

/// The decoder's sizes and constants: `llm_config`, or `text_config` of the Hugging Face layout.
struct LanguageConfig {
  LanguageArchitecture architecture = LanguageArchitecture::kInternLm2Ve;
  int64_t vocab_size = 0;
  int64_t hidden_size = 0;
  int64_t num_layers = 0;
  int64_t num_heads = 0;
  int64_t num_kv_heads = 0;
  int64_t head_dim = 0;  // hidden_size / num_heads
  int64_t intermediate_size = 0;
  int64_t max_position_embeddings = 0;
  double rms_norm_epsilon = 0;
  double rope_theta = 0;
  RopeScaling rope_scaling{};
  bool has_qkv_bias = false;
  bool has_output_bias = false;     // on the attention's output projection
  bool has_visual_experts = false;  // a second feed-forward for image-context tokens in each layer
  bool ties_embeddings = false;     // the head is the embedding table
  int64_t bos_id = 0;               // stands before the generated ids in a repetition penalty
  int64_t eos_id = 0;
};

/// `vision_config`: the patch embedding and, for InternViT, the layers behind it.
struct VisionConfig {
  VisionArchitecture architecture = VisionArchitecture::kPatchOnly;
  int64_t hidden_size = 0;
  int64_t num_channels = 0;
  int64_t patch_size = 0;  // pixels
  int64_t image_size = 0;  // pixels; what the stored position grid was made for

  // Of the layers; without layers num_layers is 0 and the others mean nothing.
  int64_t num_layers = 0;
  int64_t num_heads = 0;  // divides hidden_size
  int64_t intermediate_size = 0;
  NormKind norm = NormKind::kLayer;
  double norm_epsilon = 0;
  bool has_qkv_bias = false;
  bool normalises_qk = false;  // RMS norm over the whole width of q and of k
  double qk_norm_epsilon = 0;
};

/// A whole config.json, checked: every size is positive and fits the others.
struct ModelConfig {
  CheckpointLayout layout = CheckpointLayout::kChat;
  LanguageConfig language{};
  VisionConfig vision{};
  int64_t image_size = 0;              // pixels, the side of a tile: force_image_size
  int64_t shuffle_factor = 0;          // 1 / downsample_ratio
  int64_t tokens_per_tile = 0;         // (image_size / patch_size / shuffle_factor)^2
  bool transposes_shuffle = false;     // ps_version v1: the tokens of a tile run down its columns
  int64_t num_vision_layers_used = 0;  // select_layer, counted from the embedding
  std::optional<int64_t> image_context_id{};    // where the file names it (image_token_id)
  std::string template_name{};                  // the chat template
  std::optional<std::string> system_message{};  // where the file overrides the template's
  bool uses_dynamic_tiles = false;              // dynamic_image_size
  bool uses_thumbnail = false;
  int64_t min_dynamic_patch = 0;
  int64_t max_dynamic_patch = 0;

  /// Patches in a row (and in a column) of a tile.
  int64_t grid_size() const { return image_size / vision.patch_size; }

  /// Patches in a row of the stored position grid.
  int64_t stored_grid_size() const { return vision.image_size / vision.patch_size; }
};

/// The name config.json has for an architecture.
std::string_view name_of(LanguageArchitecture architecture);

/// What a config.json says and everything that is wrong with it.
struct ConfigReading {
  std::optional<ModelConfig> config{};  // exactly where there are no faults
  std::vector<std::string> faults{};    // each names the file and the field, expected and got
};

/// Reads and checks `folder`/config.json; a fault in one field does not hide those of others.
ConfigReading inspect_config(const std::filesystem::path& folder);

/// The configuration of a folder that must be sound.
///
/// \throws SetupError naming the file and every faulty field, what was expected and what came: a
/// file that cannot be read or parsed, a missing field, a wrong type, an unknown architecture,
/// sizes that contradict each other.
ModelConfig read_config(const std::filesystem::path& folder);

}  // namespace mono::model
