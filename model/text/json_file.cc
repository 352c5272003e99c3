#include "model/text/json_file.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "model/json_text.h"

namespace mono::model {

nlohmann::json read_json_object(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file || std::filesystem::is_directory(path)) fail(path.string(), ": cannot open");
  auto object = parse_json(std::string(std::istreambuf_iterator<char>(file), {}), path.string());
  if (!object.is_object())
    fail(path.string(), ": expected a JSON object, got ", object.type_name());
  return object;
}

bool json_flag(const nlohmann::json& object, const char* name, bool absent,
               const std::string& where) {
  const auto value = object.find(name);
  if (value == object.end()) return absent;
  if (!value->is_boolean()) fail(where, ": ", name, " must be true or false, got ", value->dump());
  return value->get<bool>();
}

}  // namespace mono::model
