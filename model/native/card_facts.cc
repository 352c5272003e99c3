#include "model/native/card_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace mono::model {
namespace {

constexpr double kMebibyte = 1 << 20;

std::string rotary_fact(const LanguageConfig& config) {
  auto theta = fmt::format("base {}", config.rope_theta);
  const auto& scaling = config.rope_scaling;
  switch (scaling.kind) {
    case RopeScalingKind::kNone:
      return theta + ", not scaled";
    case RopeScalingKind::kLinear:
      return fmt::format("{}, positions divided by {}", theta, scaling.factor);
    case RopeScalingKind::kDynamic:
      return fmt::format("{}, dynamic with factor {} beyond {} tokens", theta, scaling.factor,
                         config.max_position_embeddings);
    case RopeScalingKind::kSu:
    case RopeScalingKind::kYarn:
      return fmt::format("{}, {} with other divisors beyond {} tokens", theta,
                         scaling.kind == RopeScalingKind::kSu ? "su" : "yarn",
                         scaling.original_max_position_embeddings);
  }
  return theta;
}

std::string vision_fact(const VisionConfig& config, int64_t num_layers_used) {
  if (config.architecture == VisionArchitecture::kPatchOnly) {
    return fmt::format("patch embedding alone, width {}", config.hidden_size);
  }
  return fmt::format("InternViT, width {}, {} layers ({} used), {} heads, {}, {}{}",
                     config.hidden_size, config.num_layers, num_layers_used, config.num_heads,
                     config.intermediate_size,
                     config.norm == NormKind::kLayer ? "layer norm" : "RMS norm",
                     config.normalises_qk ? ", q and k normalised" : "");
}

std::string tiles_fact(const ModelConfig& config) {
  if (!config.uses_dynamic_tiles) return "one an image";
  return fmt::format("{} to {}{}", config.min_dynamic_patch, config.max_dynamic_patch,
                     config.uses_thumbnail ? ", and a thumbnail" : "");
}

bool is_named(const std::string& tensor, const std::string& name) {
  return tensor.find("." + name + ".") != std::string::npos;
}

bool is_attention_expert(const std::string& tensor, const VisualExpertNames& names) {
  const auto& all = {names.attention_norm, names.qkv, names.out};
  return std::any_of(all.begin(), all.end(),
                     [&](const auto& name) { return name && is_named(tensor, *name); });
}

bool is_feed_forward_expert(const std::string& tensor, const VisualExpertNames& names) {
  return is_named(tensor, names.gate) || is_named(tensor, names.up) ||
         is_named(tensor, names.down) ||
         (names.feed_forward_norm && is_named(tensor, *names.feed_forward_norm));
}

std::string part_of(const std::string& tensor, const VisualExpertNames& experts) {
  const auto has = [&](const char* part) { return tensor.find(part) != std::string::npos; };
  if (has("vision_model.") || has("vision_tower.")) return "vision";
  if (tensor.starts_with("mlp1.") || has("multi_modal_projector.")) return "projector";
  if (is_attention_expert(tensor, experts)) return "visual attention experts";
  if (is_feed_forward_expert(tensor, experts)) return "visual feed-forward experts";
  return "language model";
}

int64_t num_values(const StoredTensor& tensor) {
  int64_t count = 1;
  for (const auto size : tensor.shape) count *= size;
  return count;
}

std::string mebibytes(int64_t count, int bytes_each) {
  return fmt::format("{:.1f} MiB", static_cast<double>(count) * bytes_each / kMebibyte);
}

}  // namespace

Facts facts_of(const ModelConfig& config) {
  const auto& language = config.language;
  const int64_t cached = 2 * language.num_layers * language.num_kv_heads * language.head_dim;
  const int64_t most_tiles =
      config.uses_dynamic_tiles ? config.max_dynamic_patch + (config.uses_thumbnail ? 1 : 0) : 1;
  return {
      {"layout", config.layout == CheckpointLayout::kChat ? "InternVLChatModel"
                                                          : "InternVLForConditionalGeneration"},
      {"language model", std::string(name_of(language.architecture))},
      {"hidden size, layers", fmt::format("{}, {}", language.hidden_size, language.num_layers)},
      {"heads, kv heads, head size",
       fmt::format("{}, {}, {}", language.num_heads, language.num_kv_heads, language.head_dim)},
      {"intermediate size", fmt::format("{}", language.intermediate_size)},
      {"vocabulary", fmt::format("{}", language.vocab_size)},
      {"rotary embedding", rotary_fact(language)},
      {"vision model", vision_fact(config.vision, config.num_vision_layers_used)},
      {"tile, patch (pixels)", fmt::format("{}, {}", config.image_size, config.vision.patch_size)},
      {"image tokens per tile", fmt::format("{}", config.tokens_per_tile)},
      {"tiles", tiles_fact(config)},
      {"image tokens at most", fmt::format("{}", most_tiles * config.tokens_per_tile)},
      {"chat template", config.template_name},
      {"cache a token, bf16, fp32", fmt::format("{} bytes, {} bytes", cached * 2, cached * 4)}};
}

Facts facts_of(const StoredTensors& tensors, const VisualExpertNames& experts) {
  std::map<std::string, int64_t> by_part;
  std::map<std::string, int64_t> by_dtype;
  int64_t total = 0;
  for (const auto& [name, tensor] : tensors) {
    const auto count = num_values(tensor);
    by_part[part_of(name, experts)] += count;
    by_dtype[tensor.dtype] += count;
    total += count;
  }
  Facts facts{{"parameters", fmt::format("{} in {} tensors", total, tensors.size())}};
  for (const auto& [part, count] : by_part) {
    facts.emplace_back("  " + part, fmt::format("{}", count));
  }
  for (const auto& [dtype, count] : by_dtype) {
    facts.emplace_back("stored as " + dtype, fmt::format("{} parameters", count));
  }
  facts.emplace_back("memory in bf16", mebibytes(total, 2));
  facts.emplace_back("memory in fp32", mebibytes(total, 4));
  return facts;
}

std::string kind_of(const ModelConfig& config, const StoredTensors& tensors,
                    const VisualExpertNames& experts) {
  const bool is_modular = config.vision.architecture == VisionArchitecture::kInternVit;
  std::string kind = is_modular ? "modular (InternVL)" : "monolithic";
  if (!config.language.has_visual_experts) return kind;
  int64_t num_attention = 0;
  for (const auto& [name, tensor] : tensors) {
    if (experts.qkv && is_named(name, *experts.qkv) && name.ends_with(".weight")) ++num_attention;
  }
  if (num_attention == 0) return kind + " (Mono-InternVL): feed-forward experts in every layer";
  return fmt::format(
      "{} (Mono-InternVL-1.5): feed-forward experts in every layer, attention experts in {} of {}",
      kind, num_attention, config.language.num_layers);
}

}  // namespace mono::model
