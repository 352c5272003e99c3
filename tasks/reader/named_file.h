#pragma once

#include <filesystem>
#include <system_error>

namespace mono::tasks {

/// Whether a file that data names is there. A name the system refuses (too long) is not.
inline bool is_there(const std::filesystem::path& path) {
  std::error_code refused;
  return std::filesystem::exists(path, refused);
}

}  // namespace mono::tasks
