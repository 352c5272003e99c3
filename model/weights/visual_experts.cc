#include "model/weights/visual_experts.h"

#include <nlohmann/json.hpp>

#include "model/json_fields.h"

namespace mono::model {
namespace {

std::string name_in(const JsonFields& fields, const std::string& field) {
  auto name = fields.text(field);
  if (name.empty()) fields.refuse(field, "a name");
  return name;
}

}  // namespace

VisualExpertNames visual_expert_names(const std::filesystem::path& folder) {
  VisualExpertNames names{.qkv = "attention.wqkv_ve",
                          .out = "attention.wo_ve",
                          .gate = "feed_forward_ve.w1",
                          .up = "feed_forward_ve.w3",
                          .down = "feed_forward_ve.w2"};
  const auto path = folder / kVisualExpertsFile;
  if (!std::filesystem::exists(path)) return names;

  const auto json = read_json(path);
  const JsonFields fields(path, "", json);
  const std::map<std::string, std::optional<std::string>*> optional = {
      {"attention_norm", &names.attention_norm},
      {"qkv", &names.qkv},
      {"out", &names.out},
      {"feed_forward_norm", &names.feed_forward_norm}};
  const std::map<std::string, std::string*> required = {
      {"gate", &names.gate}, {"up", &names.up}, {"down", &names.down}};
  for (const auto& [field, value] : json.items()) {
    if (const auto found = required.find(field); found != required.end()) {
      *found->second = name_in(fields, field);
    } else if (const auto shared = optional.find(field); shared == optional.end()) {
      fail(path.string(), ": ", field,
           " is no field of it; known: attention_norm, qkv, out, feed_forward_norm, gate, up, "
           "down");
    } else if (value.is_null()) {
      shared->second->reset();
    } else {
      *shared->second = name_in(fields, field);
    }
  }
  return names;
}

}  // namespace mono::model
