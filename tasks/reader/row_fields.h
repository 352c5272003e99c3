#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/reader/layouts.h"

/// The fields of a JSON object, or of a Parquet row in the same form, as texts.
namespace mono::tasks {

/// The field of that name; `a.b` is field b of object a.
/// \returns null if there is none.
const nlohmann::json* find_field(const nlohmann::json& row, std::string_view name);

/// A text, number, boolean or null as Python's str() writes it; null and NaN are empty.
/// \throws model::SetupError "field '<name>': ..." for a list or an object.
std::string field_text(const nlohmann::json& value, std::string_view name);

/// A list of texts or of objects with an `answer`, a text that holds a list literal, or one text.
/// \throws model::SetupError "field '<name>': ..." for anything else.
std::vector<std::string> field_list(const nlohmann::json& value, std::string_view name);

/// The text of a column whose making needs one field, or all of them for kJoined.
/// \returns nothing where the row has no such field.
/// \throws model::SetupError if the field does not hold what the making needs.
std::optional<std::string> column_text(const nlohmann::json& row, const ColumnSource& source);

}  // namespace mono::tasks
