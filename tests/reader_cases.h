#pragma once

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/base64_text.h"

namespace mono::tests {

using nlohmann::ordered_json;

/// The rows of one benchmark in all forms it has; see tests/data/readers/cases.json.
struct ReaderCase {
  std::string name{};
  ordered_json forms{};
};

inline void PrintTo(const ReaderCase& test, std::ostream* out) {
  *out << test.name;
}

inline std::string picture(int number) {
  std::string bytes;
  for (int i = 0; i < 20; ++i) bytes += "picture " + std::to_string(number) + "; ";
  return bytes;
}

/// What stands in an `image` cell: a picture, pictures, or the index of another row.
inline std::string image_cell(const ordered_json& image) {
  if (image.is_string()) return image.get<std::string>();
  if (image.is_number()) return base64_text(picture(image.get<int>()));
  std::string list = "[";
  for (const auto& number : image) {
    list += (list.size() > 1 ? ", '" : "'") + base64_text(picture(number.get<int>())) + "'";
  }
  return list + "]";
}

inline std::string quoted(const std::string& text) {
  std::string field = "\"";
  for (const char c : text) field.append(c == '"' ? 2 : 1, c);
  return field + "\"";
}

inline std::string tsv_text(const ordered_json& rows) {
  std::string text;
  for (const auto& [name, value] : rows.front().items()) text += quoted(name) + "\t";
  text.back() = '\n';
  for (const auto& row : rows) {
    for (const auto& [name, value] : row.items()) {
      text += quoted(name == "image" ? image_cell(value) : value.get<std::string>()) + "\t";
    }
    text.back() = '\n';
  }
  return text;
}

inline std::vector<ReaderCase> reader_cases() {
  const auto path = std::filesystem::path(MONO_SOURCE_DIR) / "tests/data/readers/cases.json";
  std::ifstream file(path);
  std::vector<ReaderCase> cases;
  for (const auto& forms : ordered_json::parse(file)) {
    cases.push_back({forms.value("name", forms.at("task").get<std::string>()), forms});
  }
  if (cases.empty()) throw std::runtime_error(path.string() + ": holds no case");
  return cases;
}

}  // namespace mono::tests
