#include <nlohmann/json.hpp>
#include <string>

#include "model/config/language.h"
#include "model/config/layouts.h"
#include "model/config/rope.h"
#include "model/config/vision.h"
#include "model/joined.h"

namespace mono::model {
namespace {

LanguageConfig read_language(const CollectedFields& fields) {
  const auto before = fields.num_faults();
  const auto architecture = fields.value([&] {
    const auto name = fields.fields().first_text("architectures");
    return language_architecture(fields.fields(), "architectures", name);
  });
  if (fields.num_faults() > before) return {};  // which fields there are depends on it
  auto config = language_config(fields, architecture);
  config.rope_theta = fields.positive("rope_theta");
  config.rope_scaling =
      fields.value([&] { return chat_rope_scaling(fields.fields(), architecture); });
  // The reference's configuration class sets tie_word_embeddings to false, whatever the file says.
  if (fields.num_faults() == before) fields.check([&] { check_heads(fields.fields(), config); });
  return config;
}

VisionArchitecture vision_architecture(const JsonFields& fields) {
  const auto name = fields.text("model_type");
  if (name == "intern_vit_patch") return VisionArchitecture::kPatchOnly;
  if (name == "intern_vit_6b") return VisionArchitecture::kInternVit;
  fields.refuse("model_type", "intern_vit_patch or intern_vit_6b");
}

VisionConfig read_vision(const CollectedFields& fields) {
  const auto before = fields.num_faults();
  VisionConfig config{
      .architecture = fields.value([&] { return vision_architecture(fields.fields()); }),
      .hidden_size = fields.size("hidden_size"),
      .num_channels = fields.size("num_channels"),
      .patch_size = fields.size("patch_size"),
      .image_size = fields.size("image_size")};
  if (config.architecture == VisionArchitecture::kInternVit) {
    read_vision_layers(fields, {.qkv_bias = "qkv_bias", .normalises_qk = "qk_normalization"},
                       config);
    config.qk_norm_epsilon = config.norm_epsilon;
  }
  if (fields.num_faults() == before) fields.check([&] { check_vision(fields.fields(), config); });
  return config;
}

bool is_transposed(const JsonFields& fields) {
  const auto version = fields.text("ps_version");
  if (version != "v1" && version != "v2") fields.refuse("ps_version", "\"v1\" or \"v2\"");
  return version == "v1";
}

void read_tile(const CollectedFields& fields, bool is_vision_sound, ModelConfig& config) {
  const auto before = fields.num_faults();
  config.image_size = fields.value([&] {
    const bool has_own_size = !fields.fields().at("force_image_size").is_null();
    return has_own_size ? fields.fields().size("force_image_size") : config.vision.image_size;
  });
  config.shuffle_factor = fields.value([&] { return shuffle_factor(fields.fields()); });
  config.transposes_shuffle = fields.value([&] { return is_transposed(fields.fields()); });
  if (!is_vision_sound) return;
  config.num_vision_layers_used = fields.value(
      [&] { return num_vision_layers_used(fields.fields(), "select_layer", config.vision); });
  if (fields.num_faults() == before) {
    fields.check([&] { count_tokens(fields.fields(), "force_image_size", config); });
  }
}

void read_tiling(const CollectedFields& fields, ModelConfig& config) {
  const auto before = fields.num_faults();
  config.uses_dynamic_tiles = fields.flag("dynamic_image_size");
  config.uses_thumbnail = fields.flag("use_thumbnail");
  config.min_dynamic_patch = fields.size("min_dynamic_patch");
  config.max_dynamic_patch = fields.size("max_dynamic_patch");
  if (fields.num_faults() > before || config.min_dynamic_patch <= config.max_dynamic_patch) return;
  fields.check([&] {
    fields.fields().refuse("min_dynamic_patch",
                           joined("at most max_dynamic_patch ", config.max_dynamic_patch));
  });
}

}  // namespace

ModelConfig read_chat_config(const CollectedFields& fields) {
  ModelConfig config{.layout = CheckpointLayout::kChat};
  auto& faults = fields.faults();
  fields.check([&] {
    config.language = read_language({fields.fields().object("llm_config"), faults});
  });
  const auto before = fields.num_faults();
  fields.check([&] {
    config.vision = read_vision({fields.fields().object("vision_config"), faults});
  });
  read_tile(fields, fields.num_faults() == before, config);
  read_tiling(fields, config);
  config.template_name = fields.text("template");
  if (fields.fields().has("system_message") && !fields.fields().at("system_message").is_null()) {
    config.system_message = fields.text("system_message");
  }
  return config;
}

}  // namespace mono::model
