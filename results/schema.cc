#include "results/schema.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "model/adapter.h"

namespace mono::results {

namespace {

std::string text_field(const nlohmann::ordered_json& about, const char* name) {
  const auto field = about.find(name);
  if (field == about.end()) return "absent";
  return field->is_string() ? field->get<std::string>() : field->dump();
}

/// The number before the first dot; -1 where there is none.
int major_of(std::string_view version) {
  int major = -1;
  const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), major);
  const bool is_whole = end == version.data() + version.size() || *end == '.';
  return error == std::errc() && is_whole ? major : -1;
}

}  // namespace

void check_schema(const nlohmann::ordered_json& about, std::string_view kind,
                  const std::string& where) {
  const auto found_kind = text_field(about, "schema");
  if (found_kind != kind) {
    model::fail(where, ": expected a file of schema '", kind, "', got '", found_kind, "'");
  }
  const auto version = text_field(about, "schema_version");
  if (major_of(version) != major_of(kSchemaVersion)) {
    model::fail(where, ": schema version ", version, " of ", kind, "; this program reads ",
                major_of(kSchemaVersion), ".x");
  }
}

}  // namespace mono::results
