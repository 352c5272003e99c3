#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace mono::model {

/// Reads a file that holds one JSON object.
/// \throws SetupError naming the file and what is wrong with it.
nlohmann::json read_json_object(const std::filesystem::path& path);

}  // namespace mono::model
