#include "tasks/reader/json_lines.h"

#include <algorithm>
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

bool is_object(std::string_view line) {
  return model::json_or_discarded(line).is_object();
}

/// Hears of a parser's error alone.
class ErrorPlace final : public nlohmann::json::json_sax_t {
 public:
  size_t place() const { return place_; }

  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(int64_t /*value*/) override { return true; }
  bool number_unsigned(uint64_t /*value*/) override { return true; }
  bool number_float(double /*value*/, const std::string& /*text*/) override { return true; }
  bool string(std::string& /*value*/) override { return true; }
  bool binary(nlohmann::json::binary_t& /*value*/) override { return true; }
  bool start_object(size_t /*size*/) override { return true; }
  bool key(std::string& /*name*/) override { return true; }
  bool end_object() override { return true; }
  bool start_array(size_t /*size*/) override { return true; }
  bool end_array() override { return true; }
  bool parse_error(size_t place, const std::string& /*token*/,
                   const nlohmann::json::exception& /*error*/) override {
    place_ = place;
    return false;
  }

 private:
  size_t place_ = 0;
};

/// Whether a list begins with a line and goes on behind it, unlike in `[INFO] loading`.
bool opens_list(std::string_view line) {
  ErrorPlace error;
  return line.starts_with('[') && !nlohmann::json::sax_parse(line, &error) &&
         error.place() > line.size();
}

bool names_columns(std::string_view line) {
  while (!line.empty()) {
    auto name = line.substr(0, line.find('\t'));
    line.remove_prefix(std::min(name.size() + 1, line.size()));
    if (name.starts_with('"')) name.remove_prefix(1);
    if (name.ends_with('"')) name.remove_suffix(1);
    if (name == "index" || name == "prediction") return true;
  }
  return false;
}

/// An object with the list `images` is COCO's whole file.
bool is_coco_file(std::string_view line) {
  const auto row = model::json_or_discarded(line);
  return row.is_object() && row.contains("images") && row["images"].is_array();
}

}  // namespace

std::vector<std::string_view> first_lines(std::string_view text) {
  constexpr size_t kMaxLines = 100;
  constexpr const char* kBlanks = " \t\r\n";
  std::vector<std::string_view> lines;
  while (lines.size() < kMaxLines && text.find_first_not_of(kBlanks) != text.npos) {
    text.remove_prefix(text.find_first_not_of(kBlanks));
    auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
  }
  return lines;
}

bool holds_json_lines(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  const auto lines = first_lines(file->text());
  if (lines.empty()) return false;
  const auto first = lines.front();
  if (is_coco_file(first) || opens_list(first) || names_columns(first)) return false;
  const bool opens_object = first.find_first_not_of("{ \t") == std::string_view::npos;
  if (first.starts_with('{') && !opens_object) return true;
  if (opens_object) return lines.size() > 1 && is_object(lines[1]);
  return std::any_of(lines.begin() + 1, lines.end(), is_object);
}

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
