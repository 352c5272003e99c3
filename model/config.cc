#include "model/config.h"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "model/joined.h"
#include "model/json_fields.h"

namespace mono::model {
namespace {

constexpr std::array<std::pair<std::string_view, LanguageArchitecture>, 5> kLanguageModels = {{
    {"InternLM2VEForCausalLM", LanguageArchitecture::kInternLm2Ve},
    {"InternLM2ForCausalLM", LanguageArchitecture::kInternLm2},
    {"Qwen2ForCausalLM", LanguageArchitecture::kQwen2},
    {"LlamaForCausalLM", LanguageArchitecture::kLlama},
    {"Phi3ForCausalLM", LanguageArchitecture::kPhi3},
}};

LanguageArchitecture language_architecture(const JsonFields& fields) {
  const auto name = fields.first_text("architectures");
  std::string known;
  for (const auto& [known_name, architecture] : kLanguageModels) {
    if (name == known_name) return architecture;
    known.append(known.empty() ? "" : ", ").append(known_name);
  }
  fields.refuse("architectures", "one of " + known);
}

VisionArchitecture vision_architecture(const JsonFields& fields) {
  const auto name = fields.text("model_type");
  if (name == "intern_vit_patch") return VisionArchitecture::kPatchOnly;
  if (name == "intern_vit_6b") return VisionArchitecture::kInternVit;
  fields.refuse("model_type", "intern_vit_patch or intern_vit_6b");
}

RopeScaling rope_scaling(const JsonFields& language) {
  if (language.at("rope_scaling").is_null()) return {};
  const auto fields = language.object("rope_scaling");
  const auto type = fields.text("type");
  RopeScaling scaling{.factor = fields.positive("factor")};
  if (type == "linear") {
    scaling.kind = RopeScalingKind::kLinear;
  } else if (type == "dynamic") {
    scaling.kind = RopeScalingKind::kDynamic;
  } else {
    fields.refuse("type", "\"linear\" or \"dynamic\"");
  }
  if (scaling.factor < 1) fields.refuse("factor", "a number >= 1");
  return scaling;
}

// The name each family has for a bias of the attention projections; Qwen2 has one always.
bool attention_bias(const JsonFields& fields, LanguageArchitecture architecture) {
  switch (architecture) {
    case LanguageArchitecture::kInternLm2Ve:
    case LanguageArchitecture::kInternLm2:
      return fields.flag("bias");
    case LanguageArchitecture::kLlama:
      return fields.flag("attention_bias");
    case LanguageArchitecture::kQwen2:
      return true;
    case LanguageArchitecture::kPhi3:
      return false;
  }
  fail("attention_bias: unknown architecture");
}

void check_heads(const JsonFields& fields, LanguageConfig& config) {
  if (config.hidden_size % config.num_heads != 0) {
    fields.refuse("num_attention_heads", joined("a divisor of hidden_size ", config.hidden_size));
  }
  if (config.num_heads % config.num_kv_heads != 0) {
    fields.refuse("num_key_value_heads",
                  joined("a divisor of num_attention_heads ", config.num_heads));
  }
  config.head_dim = config.hidden_size / config.num_heads;
  if (config.head_dim % 2 != 0) {
    fields.refuse("hidden_size",
                  joined("an even multiple of num_attention_heads ", config.num_heads));
  }
  if (config.head_dim == 2 && config.rope_scaling.kind == RopeScalingKind::kDynamic) {
    fields.refuse("hidden_size", "more than 2 * num_attention_heads under dynamic rope_scaling");
  }
  if (fields.has("head_dim") && fields.size("head_dim") != config.head_dim) {
    fields.refuse("head_dim", joined("hidden_size ", config.hidden_size, " / num_attention_heads ",
                                     config.num_heads, " = ", config.head_dim));
  }
}

int64_t token_id(const JsonFields& fields, const std::string& field, int64_t vocab_size) {
  const int64_t id = fields.integer(field);
  if (id < 0 || id >= vocab_size) {
    fields.refuse(field, joined("an id from 0 to vocab_size - 1 = ", vocab_size - 1));
  }
  return id;
}

LanguageConfig language_config(const JsonFields& fields) {
  LanguageConfig config{.architecture = language_architecture(fields),
                        .vocab_size = fields.size("vocab_size"),
                        .hidden_size = fields.size("hidden_size"),
                        .num_layers = fields.size("num_hidden_layers"),
                        .num_heads = fields.size("num_attention_heads"),
                        .num_kv_heads = fields.size("num_key_value_heads"),
                        .intermediate_size = fields.size("intermediate_size"),
                        .max_position_embeddings = fields.size("max_position_embeddings"),
                        .rms_norm_epsilon = fields.positive("rms_norm_eps"),
                        .rope_theta = fields.positive("rope_theta"),
                        .rope_scaling = rope_scaling(fields)};
  config.has_attention_bias = attention_bias(fields, config.architecture);
  config.has_visual_experts = config.architecture == LanguageArchitecture::kInternLm2Ve;
  config.bos_id = token_id(fields, "bos_token_id", config.vocab_size);
  config.eos_id = token_id(fields, "eos_token_id", config.vocab_size);
  if (fields.text("hidden_act") != "silu") fields.refuse("hidden_act", "\"silu\"");
  check_heads(fields, config);
  return config;
}

VisionConfig vision_config(const JsonFields& fields) {
  VisionConfig config{.architecture = vision_architecture(fields),
                      .hidden_size = fields.size("hidden_size"),
                      .num_channels = fields.size("num_channels"),
                      .patch_size = fields.size("patch_size"),
                      .image_size = fields.size("image_size")};
  if (config.num_channels != 3) fields.refuse("num_channels", "3");
  if (config.image_size % config.patch_size != 0) {
    fields.refuse("image_size", joined("a multiple of patch_size ", config.patch_size));
  }
  return config;
}

int64_t shuffle_factor(const JsonFields& fields) {
  const double inverse = 1 / fields.positive("downsample_ratio");
  if (inverse < 1 || inverse > 64 || inverse != std::floor(inverse)) {
    fields.refuse("downsample_ratio", "1 over an integer from 1 to 64");
  }
  return static_cast<int64_t>(inverse);
}

void read_tile(const JsonFields& fields, ModelConfig& config) {
  const bool has_own_size = !fields.at("force_image_size").is_null();
  config.image_size = has_own_size ? fields.size("force_image_size") : config.vision.image_size;
  config.shuffle_factor = shuffle_factor(fields);
  const int64_t step = config.vision.patch_size * config.shuffle_factor;
  if (config.image_size % step != 0) {
    fields.refuse("force_image_size",
                  joined("a multiple of patch_size ", config.vision.patch_size, " times ",
                         config.shuffle_factor, ", which is 1 / downsample_ratio"));
  }
  const int64_t side = config.image_size / step;
  config.tokens_per_tile = side * side;

  const auto version = fields.text("ps_version");
  if (version != "v1" && version != "v2") fields.refuse("ps_version", "\"v1\" or \"v2\"");
  config.transposes_shuffle = version == "v1";

  config.select_layer = fields.integer("select_layer");
  if (config.vision.architecture == VisionArchitecture::kPatchOnly && config.select_layer != -1) {
    fields.refuse("select_layer", "-1, as intern_vit_patch has no layers");
  }
}

void read_tiling(const JsonFields& fields, ModelConfig& config) {
  config.uses_dynamic_tiles = fields.flag("dynamic_image_size");
  config.uses_thumbnail = fields.flag("use_thumbnail");
  config.min_dynamic_patch = fields.size("min_dynamic_patch");
  config.max_dynamic_patch = fields.size("max_dynamic_patch");
  if (config.min_dynamic_patch > config.max_dynamic_patch) {
    fields.refuse("min_dynamic_patch",
                  joined("at most max_dynamic_patch ", config.max_dynamic_patch));
  }
}

}  // namespace

std::string_view name_of(LanguageArchitecture architecture) {
  for (const auto& [name, known] : kLanguageModels) {
    if (architecture == known) return name;
  }
  fail("name_of: unknown language architecture");
}

Support support_of(const ModelConfig& config) {
  if (config.language.architecture != LanguageArchitecture::kInternLm2Ve) {
    return {.reason = joined("llm_config.architectures ", name_of(config.language.architecture),
                             " is not supported yet")};
  }
  if (config.vision.architecture != VisionArchitecture::kPatchOnly) {
    return {.reason = "vision_config.model_type intern_vit_6b is not supported yet"};
  }
  return {.is_supported = true};
}

ModelConfig read_config(const std::filesystem::path& folder) {
  const auto path = folder / "config.json";
  const auto json = read_json(path);
  const JsonFields fields(path, "", json);

  ModelConfig config{.language = language_config(fields.object("llm_config")),
                     .vision = vision_config(fields.object("vision_config"))};
  read_tile(fields, config);
  read_tiling(fields, config);
  config.template_name = fields.text("template");
  if (fields.has("system_message") && !fields.at("system_message").is_null()) {
    config.system_message = fields.text("system_message");
  }
  return config;
}

}  // namespace mono::model
