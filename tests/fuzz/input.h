#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/adapter.h"
#include "tasks/registry.h"

/// What the fuzzers share.
namespace mono::fuzz {

/// The input taken apart: each piece ends at a byte 0x1E, the last one at the end.
inline std::vector<std::string> pieces(const uint8_t* data, size_t size) {
  std::vector<std::string> pieces(1);
  for (size_t i = 0; i < size; ++i) {
    if (data[i] == 0x1E) {
      pieces.emplace_back();
    } else {
      pieces.back().push_back(static_cast<char>(data[i]));
    }
  }
  return pieces;
}

/// A file of that content which lives in memory.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content) : descriptor_(memfd_create("fuzz", 0)) {
    if (descriptor_ < 0 || write(descriptor_, content.data(), content.size()) !=
                               static_cast<ssize_t>(content.size())) {
      std::abort();
    }
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() { close(descriptor_); }

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

/// One of the tasks, and one of its profiles, by the input's first bytes.
struct Choice {
  const tasks::Task& task;
  const tasks::Profile& profile;
};

inline Choice choose(uint8_t task_number, uint8_t profile_number) {
  static const auto tasks = tasks::all_tasks();
  const auto& task = *tasks[task_number % tasks.size()];
  const auto profiles = task.profiles();
  return {task, profiles[profile_number % profiles.size()]};
}

/// Runs an action that may refuse its input, in the ways a caller expects and in no other.
template <typename Action>
void allow_refusal(const Action& action) {
  try {
    action();
  } catch (const model::SetupError&) {
    return;
  } catch (const model::UsageError&) {
    return;
  }
}

/// Ends the run where something that must hold does not.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace mono::fuzz
