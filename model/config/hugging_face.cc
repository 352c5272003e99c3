#include <nlohmann/json.hpp>
#include <string>

#include "model/config/language.h"
#include "model/config/layouts.h"
#include "model/config/rope.h"
#include "model/config/vision.h"
#include "model/joined.h"

namespace mono::model {
namespace {

// The norms of q and k take the default of their class, whatever layer_norm_eps is:
// huggingface/transformers, src/transformers/models/internvl/modeling_internvl.py,
// InternVLVisionRMSNorm.
constexpr double kQkNormEpsilon = 1e-6;

// Every published checkpoint of the family is asked with these (OpenGVLab/InternVL@2410d1d,
// internvl_chat/shell/internvl3.0), which the file does not hold.
constexpr const char* kTemplate = "internvl2_5";
constexpr int64_t kMinTiles = 1;
constexpr int64_t kMaxTiles = 12;

LanguageArchitecture text_architecture(const JsonFields& fields) {
  const auto type = fields.text("model_type");
  if (type == "qwen2") return LanguageArchitecture::kQwen2;
  if (type == "llama") return LanguageArchitecture::kLlama;
  fields.refuse("model_type", "\"qwen2\" or \"llama\"");
}

void refuse_sliding_window(const JsonFields& fields) {
  if (fields.has("use_sliding_window") && fields.flag("use_sliding_window")) {
    fields.refuse("use_sliding_window", "false");
  }
}

LanguageConfig read_text(const CollectedFields& fields) {
  const auto before = fields.num_faults();
  const auto architecture = fields.value([&] { return text_architecture(fields.fields()); });
  if (fields.num_faults() > before) return {};
  auto config = language_config(fields, architecture);
  fields.check([&] { read_hugging_face_rope(fields.fields(), config); });
  fields.check([&] { refuse_sliding_window(fields.fields()); });
  if (fields.num_faults() == before) fields.check([&] { check_heads(fields.fields(), config); });
  return config;
}

// A number, or the same number twice: height and width.
int64_t side(const JsonFields& fields, const std::string& field) {
  const auto& value = fields.at(field);
  if (!value.is_array()) return fields.size(field);
  const bool is_square = value.size() == 2 && value[0].is_number_integer() && value[0] == value[1];
  if (!is_square || value[0].get<int64_t>() < 1 || value[0].get<int64_t>() > INT32_MAX) {
    fields.refuse(field, "a size in pixels, or the same size twice");
  }
  return value[0].get<int64_t>();
}

void expect_true(const CollectedFields& fields, const std::string& field) {
  fields.check([&] {
    if (!fields.fields().flag(field)) fields.fields().refuse(field, "true");
  });
}

VisionConfig read_vision(const CollectedFields& fields) {
  const auto before = fields.num_faults();
  VisionConfig config{
      .architecture = VisionArchitecture::kInternVit,
      .hidden_size = fields.size("hidden_size"),
      .num_channels = fields.size("num_channels"),
      .patch_size = fields.value([&] { return side(fields.fields(), "patch_size"); }),
      .image_size = fields.value([&] { return side(fields.fields(), "image_size"); }),
      .qk_norm_epsilon = kQkNormEpsilon};
  read_vision_layers(fields, {.qkv_bias = "attention_bias", .normalises_qk = "use_qk_norm"},
                     config);
  expect_true(fields, "use_mean_pooling");  // else there is a norm behind the last layer
  expect_true(fields, "use_absolute_position_embeddings");
  if (fields.num_faults() == before) fields.check([&] { check_vision(fields.fields(), config); });
  return config;
}

// A head that is stored is used; only where there is none must a field allow it.
bool may_lack_head(const JsonFields& fields) {
  const auto says_so = [](const JsonFields& part) {
    return part.has("tie_word_embeddings") && part.flag("tie_word_embeddings");
  };
  return says_so(fields) || says_so(fields.object("text_config"));
}

int64_t image_token_id(const JsonFields& fields, int64_t vocab_size) {
  const int64_t id = fields.integer("image_token_id");
  if (vocab_size > 0 && (id < 0 || id >= vocab_size)) {
    fields.refuse("image_token_id", joined("an id from 0 to vocab_size - 1 = ", vocab_size - 1));
  }
  return id;
}

}  // namespace

ModelConfig read_hugging_face_config(const CollectedFields& fields) {
  ModelConfig config{.layout = CheckpointLayout::kHuggingFace,
                     .template_name = kTemplate,
                     .uses_dynamic_tiles = true,
                     .uses_thumbnail = true,
                     .min_dynamic_patch = kMinTiles,
                     .max_dynamic_patch = kMaxTiles};
  auto& faults = fields.faults();
  const auto& file = fields.fields();
  fields.check([&] { config.language = read_text({file.object("text_config"), faults}); });
  fields.check([&] { config.language.ties_embeddings = may_lack_head(file); });
  const auto before = fields.num_faults();
  fields.check([&] { config.vision = read_vision({file.object("vision_config"), faults}); });
  config.image_size = config.vision.image_size;
  config.shuffle_factor = fields.value([&] { return shuffle_factor(file); });
  if (fields.num_faults() == before) {
    config.num_vision_layers_used = fields.value(
        [&] { return num_vision_layers_used(file, "vision_feature_layer", config.vision); });
    fields.check([&] { count_tokens(file, "downsample_ratio", config); });
  }
  config.image_context_id =
      fields.value([&] { return image_token_id(file, config.language.vocab_size); });
  fields.expect_text("vision_feature_select_strategy", "default");
  fields.expect_text("projector_hidden_act", "gelu");
  return config;
}

}  // namespace mono::model
