#include "tasks/reader/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "model/adapter.h"

namespace mono::tasks {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int number() const { return number_; }

 private:
  int number_;
};

/// A page that is read brings its neighbours along, this many bytes on each side (Linux's
/// fault_around_bytes).
constexpr size_t kMappedAround = 64 << 10;

std::string last_error() {
  return std::generic_category().message(errno);
}

}  // namespace

MappedFile::MappedFile(std::string_view mapped) : mapped_(mapped), text_(mapped) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text_.starts_with(kMark)) text_.remove_prefix(kMark.size());
}

std::shared_ptr<const MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) model::fail(path.string(), ": cannot open: ", last_error());
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) {
    model::fail(path.string(), ": cannot read: ", last_error());
  }
  if (!S_ISREG(status.st_mode))
    model::fail(path.string(), ": expected a file, got a folder or device");
  if (status.st_size == 0) model::fail(path.string(), ": the file is empty");
  const auto size = static_cast<size_t>(status.st_size);
  void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (data == MAP_FAILED) model::fail(path.string(), ": cannot map: ", last_error());
  return std::shared_ptr<const MappedFile>(new MappedFile({static_cast<const char*>(data), size}));
}

void MappedFile::release(std::string_view part) const {
  const auto page = static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  const auto first = static_cast<size_t>(part.data() - mapped_.data());
  const size_t begin = (first - std::min(first, kMappedAround)) / page * page;
  const size_t end = std::min(mapped_.size(), first + part.size() + kMappedAround);
  // Only advice: where the system does not follow it, more memory is in use.
  ::madvise(const_cast<char*>(mapped_.data()) + begin, end - begin, MADV_DONTNEED);
}

void ForwardReading::passed(std::string_view rest) {
  constexpr size_t kReleasedAtOnce = 16 << 20;
  const auto behind = static_cast<size_t>(rest.data() - file_.text().data());
  if (behind < released_ + kReleasedAtOnce) return;
  file_.release(file_.text().substr(released_, behind - released_));
  released_ = behind;
}

MappedFile::~MappedFile() {
  ::munmap(const_cast<char*>(mapped_.data()), mapped_.size());
}

}  // namespace mono::tasks
