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

  /// Without a byte order mark in front.
  std::string_view text() const { return text_; }

  /// Gives the pages of a part of the text and those around it back; they are loaded again when
  /// they are read.
  void release(std::string_view part) const;

 private:
  explicit MappedFile(std::string_view mapped);

  std::string_view mapped_;
  std::string_view text_;
};

/// A part of a mapped file while it is read; its pages are given back with the object.
class FileRange {
 public:
  FileRange(const MappedFile& file, std::string_view part) : file_(file), part_(part) {}
  FileRange(const FileRange&) = delete;
  FileRange& operator=(const FileRange&) = delete;
  ~FileRange() { file_.release(part_); }

 private:
  const MappedFile& file_;
  std::string_view part_;
};

/// Reads a mapped file from its beginning to its end and gives back what is behind, so that the
/// memory in use does not grow with the file.
class ForwardReading {
 public:
  explicit ForwardReading(const MappedFile& file) : file_(file) {}

  /// Everything before `rest`, a view into the text, has been read.
  void passed(std::string_view rest);

 private:
  const MappedFile& file_;
  size_t released_ = 0;  // bytes
};

}  // namespace mono::tasks
