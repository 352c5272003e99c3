#include "evaluator/bench/profile.h"

#include <fmt/format.h>
#include <torch/csrc/autograd/profiler_kineto.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

namespace mono::bench {
namespace {

namespace kineto = torch::autograd::profiler;
using torch::profiler::impl::ActivityType;

constexpr size_t kLongestName = 90;
constexpr size_t kMostLines = 20;

// The time during which at least one of the events ran.
double covered_seconds(std::vector<std::pair<uint64_t, uint64_t>> events) {
  std::sort(events.begin(), events.end());
  uint64_t covered = 0;
  uint64_t end = 0;
  for (const auto& [begin, finish] : events) {
    if (finish <= end) continue;
    covered += finish - std::max(begin, end);
    end = finish;
  }
  return static_cast<double>(covered) * 1e-9;
}

Profile summary(const std::vector<kineto::KinetoEvent>& events) {
  std::map<std::string, KernelShare> shares;
  std::vector<std::pair<uint64_t, uint64_t>> times;
  for (const auto& event : events) {
    if (event.deviceType() != c10::DeviceType::CUDA) continue;
    auto& share = shares[event.name()];
    ++share.calls;
    share.seconds += static_cast<double>(event.durationNs()) * 1e-9;
    times.emplace_back(event.startNs(), event.endNs());
  }
  Profile profile{.busy_seconds = covered_seconds(std::move(times))};
  for (auto& [name, share] : shares) {
    share.name = name.substr(0, kLongestName);
    profile.kernels.push_back(std::move(share));
  }
  std::stable_sort(profile.kernels.begin(), profile.kernels.end(),
                   [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  return profile;
}

}  // namespace

Profile profile_of(const std::function<void()>& work, const std::filesystem::path& trace) {
  const std::set<ActivityType> activities{ActivityType::CUDA, ActivityType::CPU};
  const torch::profiler::impl::ProfilerConfig config(torch::profiler::impl::ProfilerState::KINETO);
  kineto::prepareProfiler(config, activities);
  kineto::enableProfiler(config, activities);
  const auto start = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  const auto result = kineto::disableProfiler();
  if (!trace.empty()) result->save(trace.string());
  auto profile = summary(result->events());
  profile.wall_seconds = elapsed.count();
  return profile;
}

std::string profile_table(const std::string& title, const Profile& profile) {
  std::string text = fmt::format("{}: {:.3f} ms, the device busy {:.3f} ms\n", title,
                                 profile.wall_seconds * 1e3, profile.busy_seconds * 1e3);
  double rest = 0;
  for (size_t i = 0; i < profile.kernels.size(); ++i) {
    const auto& kernel = profile.kernels[i];
    if (i >= kMostLines) {
      rest += kernel.seconds;
      continue;
    }
    text += fmt::format("  {:9.1f} us {:6} calls  {}\n", kernel.seconds * 1e6, kernel.calls,
                        kernel.name);
  }
  if (rest > 0) text += fmt::format("  {:9.1f} us of others\n", rest * 1e6);
  return text;
}

}  // namespace mono::bench
