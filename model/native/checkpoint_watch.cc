#include "model/native/checkpoint_watch.h"

#include <sys/stat.h>

#include <system_error>

#include "model/adapter.h"

namespace mono::model {
namespace {

int64_t written_at(const struct stat& status) {
  return int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
}

}  // namespace

CheckpointWatch::CheckpointWatch(const std::filesystem::path& checkpoint) {
  std::error_code unreadable;  // said by those who read the folder
  for (const auto& entry : std::filesystem::directory_iterator(checkpoint, unreadable)) {
    struct stat status {};
    if (entry.path().extension() != ".safetensors") continue;
    if (::stat(entry.path().c_str(), &status) != 0) continue;
    files_.push_back({entry.path(), status.st_ino, status.st_size, written_at(status)});
  }
}

void CheckpointWatch::check() const {
  for (const auto& file : files_) {
    struct stat status {};
    if (::stat(file.path.c_str(), &status) != 0 || status.st_ino != file.inode) continue;
    if (status.st_size == file.size && written_at(status) == file.written) continue;
    fail(file.path.string(), ": was written to while its model was answering; start again");
  }
}

}  // namespace mono::model
