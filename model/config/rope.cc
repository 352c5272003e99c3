#include "model/config/rope.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mono::model {
namespace {

std::vector<double> positive_numbers(const JsonFields& fields, const std::string& field) {
  const auto& list = fields.at(field);
  const std::string expected = "a list of numbers > 0";
  if (!list.is_array()) fields.refuse(field, expected);
  std::vector<double> values;
  for (const auto& value : list) {
    if (!value.is_number() || !(value.get<double>() > 0)) fields.refuse(field, expected);
    values.push_back(value.get<double>());
  }
  return values;
}

RopeScaling divisor_scaling(const JsonFields& language) {
  const auto fields = language.object("rope_scaling");
  const auto type = fields.text("type");
  if (type != "su" && type != "yarn") fields.refuse("type", "\"su\" or \"yarn\"");
  return {.kind = type == "su" ? RopeScalingKind::kSu : RopeScalingKind::kYarn,
          .short_factors = positive_numbers(fields, "short_factor"),
          .long_factors = positive_numbers(fields, "long_factor"),
          .original_max_position_embeddings = language.size("original_max_position_embeddings")};
}

}  // namespace

RopeScaling factor_scaling(const JsonFields& scaling, const std::string& type_field) {
  const auto type = scaling.text(type_field);
  RopeScaling read{.factor = scaling.positive("factor")};
  if (type == "linear") {
    read.kind = RopeScalingKind::kLinear;
  } else if (type == "dynamic") {
    read.kind = RopeScalingKind::kDynamic;
  } else {
    scaling.refuse(type_field, "\"linear\" or \"dynamic\"");
  }
  if (read.factor < 1) scaling.refuse("factor", "a number >= 1");
  return read;
}

RopeScaling chat_rope_scaling(const JsonFields& language, LanguageArchitecture architecture) {
  if (architecture == LanguageArchitecture::kQwen2) return {};
  if (language.at("rope_scaling").is_null()) return {};
  if (architecture == LanguageArchitecture::kPhi3) return divisor_scaling(language);
  return factor_scaling(language.object("rope_scaling"), "type");
}

void read_hugging_face_rope(const JsonFields& text, LanguageConfig& config) {
  const bool is_nested = text.has("rope_parameters");
  config.rope_theta = is_nested ? text.object("rope_parameters").positive("rope_theta")
                                : text.positive("rope_theta");
  const std::string field = is_nested ? "rope_parameters" : "rope_scaling";
  if (text.at(field).is_null()) return;
  const auto scaling = text.object(field);
  const std::string type_field = scaling.has("rope_type") ? "rope_type" : "type";
  if (scaling.text(type_field) != "default") {
    config.rope_scaling = factor_scaling(scaling, type_field);
  }
}

}  // namespace mono::model
