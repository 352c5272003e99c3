#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace mono::model {

/// Notices that weights were written over while a model reads from them: part of a model stays in
/// its files, and an answer would be of neither checkpoint. A file that was deleted, or replaced by
/// another one of its name, is still whole where it is mapped.
class CheckpointWatch {
 public:
  /// \param checkpoint  a folder; its *.safetensors are watched from now on.
  explicit CheckpointWatch(const std::filesystem::path& checkpoint);

  /// \throws SetupError naming the file that was written to.
  void check() const;

 private:
  struct File {
    std::filesystem::path path{};
    ino_t inode = 0;
    off_t size = 0;
    int64_t written = 0;  // nanoseconds
  };

  std::vector<File> files_{};
};

}  // namespace mono::model
