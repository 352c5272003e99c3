#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace mono::tasks {

/// Calls `on_row` with each line of a JSON Lines file, in order, and with "<path>:<line>".
/// \throws model::SetupError if the file is absent or empty, or if a line is no JSON object: cut
///         short, for instance.
void for_each_json_line(
    const std::filesystem::path& path,
    const std::function<void(const nlohmann::json&, const std::string&)>& on_row);

/// A whole JSON file.
/// \throws model::SetupError if it is absent, empty or does not parse.
nlohmann::json read_json_file(const std::filesystem::path& path);

/// A field of a JSON object.
/// \throws model::SetupError "<where>: ..." if it is not there.
const nlohmann::json& json_field(const nlohmann::json& object, const std::string& name,
                                 const std::string& where);

/// A field that holds a text.
/// \throws model::SetupError "<where>: ..." if it is not there or holds something else.
std::string json_text(const nlohmann::json& object, const std::string& name,
                      const std::string& where);

}  // namespace mono::tasks
