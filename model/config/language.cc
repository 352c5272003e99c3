#include "model/config/language.h"

#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "model/joined.h"

namespace mono::model {
namespace {

constexpr std::array<std::pair<std::string_view, LanguageArchitecture>, 5> kLanguageModels = {{
    {"InternLM2VEForCausalLM", LanguageArchitecture::kInternLm2Ve},
    {"InternLM2ForCausalLM", LanguageArchitecture::kInternLm2},
    {"Qwen2ForCausalLM", LanguageArchitecture::kQwen2},
    {"LlamaForCausalLM", LanguageArchitecture::kLlama},
    {"Phi3ForCausalLM", LanguageArchitecture::kPhi3},
}};

// The name each family has for a bias of all its attention projections.
void read_biases(const CollectedFields& fields, LanguageConfig& config) {
  switch (config.architecture) {
    case LanguageArchitecture::kInternLm2Ve:
    case LanguageArchitecture::kInternLm2:
      config.has_qkv_bias = config.has_output_bias = fields.flag("bias");
      return;
    case LanguageArchitecture::kLlama:
      config.has_qkv_bias = config.has_output_bias = fields.flag("attention_bias");
      return;
    case LanguageArchitecture::kQwen2:
      config.has_qkv_bias = true;
      return;
    case LanguageArchitecture::kPhi3:
      return;
  }
}

int64_t token_id(const JsonFields& fields, const std::string& field, int64_t vocab_size) {
  const int64_t id = fields.integer(field);
  if (vocab_size > 0 && (id < 0 || id >= vocab_size)) {
    fields.refuse(field, joined("an id from 0 to vocab_size - 1 = ", vocab_size - 1));
  }
  return id;
}

void check_divisors(const JsonFields& fields, const LanguageConfig& config) {
  const auto& scaling = config.rope_scaling;
  if (scaling.kind != RopeScalingKind::kSu && scaling.kind != RopeScalingKind::kYarn) return;
  const auto expected = static_cast<size_t>(config.head_dim / 2);
  if (scaling.short_factors.size() != expected || scaling.long_factors.size() != expected) {
    fields.refuse("rope_scaling", joined("lists of head_dim / 2 = ", expected, " factors"));
  }
}

}  // namespace

std::string_view name_of(LanguageArchitecture architecture) {
  for (const auto& [name, known] : kLanguageModels) {
    if (architecture == known) return name;
  }
  fail("name_of: unknown language architecture");
}

LanguageArchitecture language_architecture(const JsonFields& fields, const std::string& field,
                                           std::string_view name) {
  std::string known;
  for (const auto& [known_name, architecture] : kLanguageModels) {
    if (name == known_name) return architecture;
    known.append(known.empty() ? "" : ", ").append(known_name);
  }
  fields.refuse(field, "one of " + known);
}

LanguageConfig language_config(const CollectedFields& fields, LanguageArchitecture architecture) {
  LanguageConfig config{.architecture = architecture,
                        .vocab_size = fields.size("vocab_size"),
                        .hidden_size = fields.size("hidden_size"),
                        .num_layers = fields.size("num_hidden_layers"),
                        .num_heads = fields.size("num_attention_heads"),
                        .num_kv_heads = fields.size("num_key_value_heads"),
                        .intermediate_size = fields.size("intermediate_size"),
                        .max_position_embeddings = fields.size("max_position_embeddings"),
                        .rms_norm_epsilon = fields.positive("rms_norm_eps")};
  read_biases(fields, config);
  config.has_visual_experts = architecture == LanguageArchitecture::kInternLm2Ve;
  const auto id = [&](const std::string& field) {
    return fields.value([&] { return token_id(fields.fields(), field, config.vocab_size); });
  };
  config.bos_id = id("bos_token_id");
  config.eos_id = id("eos_token_id");
  fields.expect_text("hidden_act", "silu");
  return config;
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
  check_divisors(fields, config);
  if (fields.has("head_dim") && fields.size("head_dim") != config.head_dim) {
    fields.refuse("head_dim", joined("hidden_size ", config.hidden_size, " / num_attention_heads ",
                                     config.num_heads, " = ", config.head_dim));
  }
}

}  // namespace mono::model
