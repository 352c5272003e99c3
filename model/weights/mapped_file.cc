#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "model/adapter.h"
#include "model/weights/safetensors.h"

namespace mono::model {
namespace {

class FileDescriptor {
 public:
  explicit FileDescriptor(const std::filesystem::path& path)
      : value_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~FileDescriptor() {
    if (value_ >= 0) ::close(value_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  int value() const { return value_; }

 private:
  int value_;
};

std::string last_error() {
  return std::generic_category().message(errno);
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  const FileDescriptor file(path);
  if (file.value() < 0) fail(path.string(), ": cannot open: ", last_error());
  struct stat status {};
  if (::fstat(file.value(), &status) != 0) fail(path.string(), ": cannot read: ", last_error());
  if (!S_ISREG(status.st_mode)) fail(path.string(), ": must be a regular file");
  const auto size = static_cast<size_t>(status.st_size);
  if (size == 0) return;  // nothing to map; mmap refuses it

  void* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.value(), 0);
  if (address == MAP_FAILED) fail(path.string(), ": cannot map: ", last_error());
  bytes_ = {static_cast<const std::byte*>(address), size};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

void MappedFile::forget(std::span<const std::byte> bytes) const {
  if (bytes.empty()) return;
  static const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = static_cast<size_t>(bytes.data() - bytes_.data());
  const auto first = (begin + page - 1) / page * page;
  const auto last = (begin + bytes.size()) / page * page;
  auto* const pages = const_cast<std::byte*>(bytes_.data());
  if (first < last) ::madvise(pages + first, last - first, MADV_DONTNEED);
}

}  // namespace mono::model
