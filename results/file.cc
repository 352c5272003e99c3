#include "results/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>
#include <utility>

#include "model/adapter.h"

namespace mono::results {

namespace {

/// Unlinks a file that was not renamed in time.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void keep() { path_.clear(); }

 private:
  std::filesystem::path path_;
};

/// Makes the new name in a folder survive a power cut.
void sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) fail_with_errno(folder, "cannot open");
  // Some file systems cannot synchronise a folder (EINVAL): nothing more can be done there.
  if (::fsync(descriptor.get()) != 0 && errno != EINVAL) fail_with_errno(folder, "cannot sync");
}

bool is_same_file(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/// At the end of what is there: a file may be the one that standard output goes to.
void write_into(const std::filesystem::path& path, std::string_view content) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!file.is_open()) fail_with_errno(path, "cannot write");
  write_all(file.get(), content, path);
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

void fail_with_errno(const std::filesystem::path& path, std::string_view action) {
  const auto reason = std::generic_category().message(errno);
  model::fail(path.string(), ": ", action, ": ", reason);
}

void write_all(int descriptor, std::string_view content, const std::filesystem::path& path) {
  while (!content.empty()) {
    const auto written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail_with_errno(path, "cannot write");
    content.remove_prefix(static_cast<size_t>(written));
  }
}

bool is_replaceable(const std::filesystem::path& path) {
  struct stat found = {}, output = {};
  if (::stat(path.c_str(), &found) != 0) return true;
  if (!S_ISREG(found.st_mode)) return false;
  for (const int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    if (::fstat(descriptor, &output) == 0 && is_same_file(found, output)) return false;
  }
  return true;
}

std::filesystem::path link_target(std::filesystem::path path) {
  constexpr int kMostLinks = 40;  // as many as Linux follows
  std::error_code error;
  for (int link = 0; link < kMostLinks && std::filesystem::is_symlink(path, error); ++link) {
    const auto target = std::filesystem::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / target;
  }
  return path;
}

void write_file_atomically(const std::filesystem::path& name, std::string_view content) {
  if (!is_replaceable(name)) return write_into(name, content);
  const auto path = link_target(name);
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) model::fail(folder.string(), ": cannot make the folder: ", error.message());

  TemporaryFile temporary(path.string() + ".tmp." + std::to_string(::getpid()));
  {
    const FileDescriptor file(
        ::open(temporary.path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.is_open()) fail_with_errno(path, "cannot write");
    write_all(file.get(), content, path);
    if (::fsync(file.get()) != 0) fail_with_errno(path, "cannot sync");
  }
  if (::rename(temporary.path().c_str(), path.c_str()) != 0) fail_with_errno(path, "cannot rename");
  temporary.keep();
  sync_folder(folder);
}

}  // namespace mono::results
