#include "tasks/reader/json_lines.h"

#include <nlohmann/json.hpp>
#include <string_view>

#include "model/adapter.h"
#include "model/json_text.h"
#include "tasks/reader/mapped_file.h"

namespace mono::tasks {
namespace {

nlohmann::json parse(std::string_view text, const std::string& where) {
  model::refuse_too_deep(text, where);
  auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    constexpr size_t kShown = 60;
    model::fail(where, ": expected JSON, got: ", text.substr(0, kShown),
                text.size() > kShown ? "..." : "");
  }
  return json;
}

}  // namespace

void for_each_json_line(
    const std::filesystem::path& path,
    const std::function<void(const nlohmann::json&, const std::string&)>& on_row) {
  const auto file = MappedFile::open(path);
  auto rest = file->text();
  for (int64_t line = 1; !rest.empty(); ++line) {
    const auto where = path.string() + ":" + std::to_string(line);
    const size_t end = rest.find('\n');
    const auto row = parse(rest.substr(0, end), where);
    if (!row.is_object()) model::fail(where, ": expected a JSON object, got ", row.type_name());
    on_row(row, where);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

nlohmann::json read_json_file(const std::filesystem::path& path) {
  return parse(MappedFile::open(path)->text(), path.string());
}

const nlohmann::json& json_field(const nlohmann::json& object, const std::string& name,
                                 const std::string& where) {
  const auto found = object.find(name);
  if (found == object.end()) model::fail(where, ": expected a field '", name, "', got none");
  return *found;
}

std::string json_text(const nlohmann::json& object, const std::string& name,
                      const std::string& where) {
  const auto& value = json_field(object, name, where);
  if (!value.is_string()) {
    model::fail(where, ": field '", name, "': expected a text, got ", value.type_name());
  }
  return value.get<std::string>();
}

}  // namespace mono::tasks
