#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace mono::bench {

/// What the kernels of one name took of a piece of work.
struct KernelShare {
  std::string name{};  // as the compiler calls it, shortened
  int64_t calls = 0;
  double seconds = 0;  // on the device, all calls
};

/// Where a piece of work spent its time.
struct Profile {
  double wall_seconds = 0;             // under the profiler, which slows the host
  double busy_seconds = 0;             // during which the device did something
  std::vector<KernelShare> kernels{};  // the longest first
};

/// Runs work under PyTorch's profiler (Kineto, CUPTI).
/// \param work   must have waited for the device when it returns.
/// \param trace  where the Chrome trace goes; empty: nowhere.
Profile profile_of(const std::function<void()>& work, const std::filesystem::path& trace);

/// The kernels that make up most of the time, and what they leave over.
std::string profile_table(const std::string& title, const Profile& profile);

}  // namespace mono::bench
