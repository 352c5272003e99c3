#include "tasks/reader/json_cells.h"

#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "tasks/reader/json_lines.h"

namespace mono::tasks {

std::vector<std::pair<std::string, Cell>> cells_of_json(const nlohmann::json& object) {
  std::vector<std::pair<std::string, Cell>> cells;
  for (const auto& [name, value] : object.items()) {
    if (value.is_string()) cells.emplace_back(name, value.get<std::string>());
    if (value.is_boolean()) cells.emplace_back(name, value.get<bool>());
    if (value.is_number_float()) cells.emplace_back(name, value.get<double>());
    if (value.is_number_unsigned() && value.get<uint64_t>() > INT64_MAX) {
      cells.emplace_back(name, value.get<uint64_t>());
    } else if (value.is_number_integer()) {
      cells.emplace_back(name, value.get<int64_t>());
    }
    if (value.is_null()) cells.emplace_back(name, Cell());
  }
  return cells;
}

std::vector<std::string> texts_of_json(const nlohmann::json& array, const std::string& where) {
  if (!array.is_array()) {
    model::fail(where, ": expected a list of answers, got ", array.type_name());
  }
  std::vector<std::string> texts;
  for (const auto& element : array) {
    if (element.is_string()) {
      texts.push_back(element.get<std::string>());
    } else if (element.is_object()) {
      texts.push_back(json_text(element, "answer", where));
    } else {
      model::fail(where, ": expected a list of texts, got ", element.type_name(), " in it");
    }
  }
  return texts;
}

}  // namespace mono::tasks
