#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "tasks/cell.h"

namespace mono::tasks {

/// The fields of a JSON object that hold a text, a number, a boolean or null, as cells.
std::vector<std::pair<std::string, Cell>> cells_of_json(const nlohmann::json& object);

/// The texts in a JSON array of texts, or of objects with a text `answer`.
/// \throws model::SetupError "<where>: ..." if it is something else.
std::vector<std::string> texts_of_json(const nlohmann::json& array, const std::string& where);

}  // namespace mono::tasks
