#pragma once

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include "model/adapter.h"

namespace mono::model {

/// Asks whether a folder takes new files.
/// \throws SetupError "<file>: cannot write: <folder>: <why>".
inline void check_takes_new_files(const std::filesystem::path& folder,
                                  const std::filesystem::path& file) {
  const auto inside = folder / "";  // only a folder's name may end with a slash
  if (::access(inside.c_str(), W_OK | X_OK) == 0) return;
  const std::error_code why(errno, std::generic_category());
  fail(file.string(), ": cannot write: ", folder.string(), ": ", why.message());
}

/// Asks whether a file can be written in its place, so that what cannot is known before it is
/// computed; changes nothing. Devices, pipes and links to nothing are left to the one who writes.
/// \throws SetupError "<path>: cannot write: <why>".
inline void check_can_be_written(const std::filesystem::path& path) {
  std::error_code ignored;  // what cannot be looked at is no file of ours to judge
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::is_directory(status)) fail(path.string(), ": cannot write: it is a folder");
  if (std::filesystem::is_other(status)) return;
  if (!std::filesystem::exists(status)) {
    if (std::filesystem::is_symlink(path, ignored)) return;
    return check_takes_new_files(std::filesystem::absolute(path).parent_path(), path);
  }
  if (::access(path.c_str(), W_OK) == 0) return;
  const std::error_code why(errno, std::generic_category());
  fail(path.string(), ": cannot write: ", why.message());
}

}  // namespace mono::model
