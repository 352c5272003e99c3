#include "evaluator/bench/context.h"

#include <ATen/Parallel.h>
#include <ATen/cuda/CUDAContext.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <cuda_runtime_api.h>
#include <fmt/chrono.h>
#include <torch/version.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "evaluator/bench/git_commit.h"

namespace mono::bench {
namespace {

using nlohmann::ordered_json;

#ifdef NDEBUG
constexpr const char* kBuildType = "release";
#else
constexpr const char* kBuildType = "debug";
#endif

/// 13020 is 13.2.
std::string cuda_version(int number) {
  return fmt::format("{}.{}", number / 1000, number % 1000 / 10);
}

std::string now() {
  const auto seconds = std::time(nullptr);
  std::tm local = {};
  localtime_r(&seconds, &local);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S%z}", local);
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

std::string cpu_name() {
  std::ifstream lines("/proc/cpuinfo");
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "";
}

std::string device_name(at::Device device) {
  if (device.is_cpu()) return cpu_name();
  return at::cuda::getDeviceProperties(device.index())->name;
}

ordered_json libraries(at::Device device) {
  ordered_json json = {{"libtorch", TORCH_VERSION},
                       {"cuda_built_with", cuda_version(CUDART_VERSION)},
                       {"compiler", "g++ " __VERSION__}};
  if (device.is_cpu()) return json;
  int driver = 0;
  if (cudaDriverGetVersion(&driver) == cudaSuccess) json["cuda_driver"] = cuda_version(driver);
  json["cudnn"] = at::detail::getCUDAHooks().versionRuntimeCuDNN();
  return json;
}

ordered_json ceilings_json(const std::vector<Ceilings>& ceilings) {
  if (ceilings.empty()) return nullptr;
  const auto [bytes_per_second, flops_per_second] = median_of(ceilings);
  return {{"bytes_per_second", bytes_per_second}, {"flops_per_second", flops_per_second}};
}

}  // namespace

ordered_json context_json(const Setting& setting) {
  std::array<double, 3> load{};
  const int num_loads = getloadavg(load.data(), load.size());
  return {{"date", now()},
          {"host_name", host_name()},
          {"executable", program_invocation_short_name},
          {"num_cpus", std::thread::hardware_concurrency()},
          {"load_avg", std::vector<double>(load.begin(), load.begin() + std::max(0, num_loads))},
          {"library_build_type", kBuildType},
          {"json_schema_version", 1},
          {"git_commit", kGitCommit},
          {"device", setting.device.str()},
          {"device_name", device_name(setting.device)},
          {"dtype", setting.dtype == at::kFloat ? "fp32" : "bf16"},
          {"num_threads", at::get_num_threads()},
          {"clock", setting.clock},
          {"ceilings", ceilings_json(setting.ceilings)},
          {"libraries", libraries(setting.device)}};
}

}  // namespace mono::bench
