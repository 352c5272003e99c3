#include "model/config.h"

#include <nlohmann/json.hpp>

#include "model/config/collected_fields.h"
#include "model/config/layouts.h"

namespace mono::model {
namespace {

bool is_hugging_face(const nlohmann::json& config) {
  const nlohmann::json::json_pointer name("/architectures/0");
  return config.is_object() && config.contains(name) &&
         config.at(name) == "InternVLForConditionalGeneration";
}

}  // namespace

ConfigReading inspect_config(const std::filesystem::path& folder) {
  ConfigReading reading;
  try {
    const auto path = folder / "config.json";
    const auto json = read_json(path);
    const CollectedFields fields(JsonFields(path, "", json), reading.faults);
    auto config =
        is_hugging_face(json) ? read_hugging_face_config(fields) : read_chat_config(fields);
    if (reading.faults.empty()) reading.config = std::move(config);
  } catch (const SetupError& fault) {  // no file or no object: nothing else can be looked at
    reading.faults.emplace_back(fault.what());
  }
  return reading;
}

ModelConfig read_config(const std::filesystem::path& folder) {
  auto reading = inspect_config(folder);
  if (reading.config) return std::move(*reading.config);
  std::string lines;
  for (const auto& fault : reading.faults) lines.append(lines.empty() ? "" : "\n").append(fault);
  fail(lines);
}

}  // namespace mono::model
