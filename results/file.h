#pragma once

#include <filesystem>
#include <string_view>

namespace mono::results {

/// An open file, closed with the object.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int descriptor) : descriptor_(descriptor) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int get() const { return descriptor_; }
  bool is_open() const { return descriptor_ >= 0; }

 private:
  int descriptor_ = -1;
};

/// Reports the system call that just failed: "out/samples.jsonl: cannot write: No space left on
/// device".
/// \throws SetupError always.
[[noreturn]] void fail_with_errno(const std::filesystem::path& path, std::string_view action);

/// Writes all of `content`, in one write(2) unless the system takes less at a time.
/// \param path  For the message only.
/// \throws SetupError naming the file and the system's reason; a part may have been written.
void write_all(int descriptor, std::string_view content, const std::filesystem::path& path);

/// Whether the file of this name, behind links, can be replaced as a whole: it is absent, or a
/// regular file other than this program's standard output or error.
bool is_replaceable(const std::filesystem::path& path);

/// Where a name leads, whether or not there is anything; the name itself where it is no link.
std::filesystem::path link_target(std::filesystem::path path);

/// Replaces a file by `content` so that a reader sees the old one or the new one, never a part: a
/// temporary file beside it, written, synchronised and renamed. Missing folders are made. A link
/// keeps leading to the file; devices, pipes and what else cannot be replaced get the content
/// written into them.
/// \throws SetupError naming the file and the system's reason; no temporary file is left.
void write_file_atomically(const std::filesystem::path& name, std::string_view content);

}  // namespace mono::results
