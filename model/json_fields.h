#pragma once

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "model/adapter.h"
#include "model/json_text.h"

namespace mono::model {

/// Reads and parses a JSON file.
/// \throws SetupError naming the file and why it cannot be read.
inline nlohmann::json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  if (!file) fail(path.string(), ": cannot open");
  return parse_json(std::string(std::istreambuf_iterator<char>(file), {}), path.string());
}

/// The fields of one JSON object of a file; every error names the file, the field, what was
/// expected and what came.
class JsonFields {
 public:
  JsonFields(std::filesystem::path path, std::string prefix, const nlohmann::json& object)
      : path_(std::move(path)), prefix_(std::move(prefix)), object_(object) {
    if (!object_.is_object()) {
      fail(path_.string(), ": ", prefix_.empty() ? "the file" : prefix_.c_str(),
           " must hold an object, got ", shown(object_));
    }
  }

  bool has(const std::string& field) const { return object_.contains(field); }

  const nlohmann::json& at(const std::string& field) const {
    const auto found = object_.find(field);
    if (found == object_.end()) fail(path_.string(), ": ", name(field), " is missing");
    return *found;
  }

  JsonFields object(const std::string& field) const { return {path_, name(field), at(field)}; }

  std::string text(const std::string& field) const {
    const auto& value = at(field);
    if (!value.is_string()) refuse(field, "a string");
    return value.get<std::string>();
  }

  bool flag(const std::string& field) const {
    const auto& value = at(field);
    if (!value.is_boolean()) refuse(field, "true or false");
    return value.get<bool>();
  }

  int64_t integer(const std::string& field) const {
    const auto& value = at(field);
    const bool fits = value.is_number_integer() &&
                      !(value.is_number_unsigned() && value.get<uint64_t>() > uint64_t{INT64_MAX});
    if (!fits) refuse(field, "an integer");
    return value.get<int64_t>();
  }

  /// An integer in 1 .. 2^31 - 1.
  int64_t size(const std::string& field) const {
    const int64_t value = integer(field);
    if (value < 1 || value > INT32_MAX) refuse(field, "an integer from 1 to 2147483647");
    return value;
  }

  double positive(const std::string& field) const {
    const auto& value = at(field);
    if (!value.is_number() || !std::isfinite(value.get<double>()) || value.get<double>() <= 0) {
      refuse(field, "a number > 0");
    }
    return value.get<double>();
  }

  /// The first element of a list of strings.
  std::string first_text(const std::string& field) const {
    const auto& value = at(field);
    if (!value.is_array() || value.empty() || !value.front().is_string()) {
      refuse(field, "a list of strings, not empty");
    }
    return value.front().get<std::string>();
  }

  [[noreturn]] void refuse(const std::string& field, const std::string& expected) const {
    fail(path_.string(), ": ", name(field), " must be ", expected, ", got ", shown(at(field)));
  }

 private:
  std::string name(const std::string& field) const {
    return prefix_.empty() ? field : prefix_ + "." + field;
  }

  static std::string shown(const nlohmann::json& value) {
    const auto text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return text.size() <= 80 ? text : text.substr(0, 80) + "...";
  }

  std::filesystem::path path_;
  std::string prefix_;
  const nlohmann::json& object_;
};

}  // namespace mono::model
