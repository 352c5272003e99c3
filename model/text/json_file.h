#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace mono::model {

/// Reads a file that holds one JSON object.
/// \throws SetupError naming the file and what is wrong with it.
nlohmann::json read_json_object(const std::filesystem::path& path);

/// The field `name` of an object, true or false; `absent` if it has no such field.
/// \param where  The object's file, for the message.
/// \throws SetupError if the field is neither true nor false.
bool json_flag(const nlohmann::json& object, const char* name, bool absent,
               const std::string& where);

}  // namespace mono::model
