#pragma once

#include <filesystem>
#include <memory>
#include <string_view>

namespace mono::tasks {

/// A file mapped into memory, read-only; its pages are loaded when they are read.
class MappedFile {
 public:
  /// \throws model::SetupError if the file is absent, unreadable or empty.
  static std::shared_ptr<const MappedFile> open(const std::filesystem::path& path);

  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  std::string_view text() const { return text_; }

 private:
  explicit MappedFile(std::string_view text) : text_(text) {}

  std::string_view text_;
};

}  // namespace mono::tasks
