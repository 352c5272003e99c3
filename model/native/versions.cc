#include "model/native/versions.h"

#include <cuda_runtime_api.h>
#include <torch/version.h>

#include <charconv>

#include "model/adapter.h"

namespace mono::model {

namespace {

/// 13020 is 13.2.
std::string cuda_version(int number) {
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}

void check(cudaError_t status, const std::string& device) {
  if (status != cudaSuccess) fail("device ", device, ": ", cudaGetErrorString(status));
}

int device_index(const std::string& device) {
  int index = 0;
  const auto colon = device.find(':');
  if (colon == std::string::npos) return 0;
  std::from_chars(device.data() + colon + 1, device.data() + device.size(), index);
  return index;
}

std::string attribute(cudaDeviceAttr which, int index, const std::string& device) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, which, index), device);
  return std::to_string(value);
}

}  // namespace

Facts library_versions() {
  return {{"libtorch", TORCH_VERSION},
          {"cuda_built_with", cuda_version(CUDART_VERSION)},
          {"compiler", "g++ " __VERSION__}};
}

Facts device_facts(const std::string& device) {
  if (!device.starts_with("cuda")) return {{"name", device}};
  const int index = device_index(device);
  cudaDeviceProp properties = {};
  check(cudaGetDeviceProperties(&properties, index), device);
  int driver = 0, runtime = 0;
  check(cudaDriverGetVersion(&driver), device);
  check(cudaRuntimeGetVersion(&runtime), device);
  return {{"name", properties.name},
          {"compute_capability",
           std::to_string(properties.major) + "." + std::to_string(properties.minor)},
          {"memory_bytes", std::to_string(properties.totalGlobalMem)},
          {"multiprocessors", std::to_string(properties.multiProcessorCount)},
          {"peak_clock_khz", attribute(cudaDevAttrClockRate, index, device)},
          {"peak_memory_clock_khz", attribute(cudaDevAttrMemoryClockRate, index, device)},
          {"cuda_driver", cuda_version(driver)},
          {"cuda_runtime", cuda_version(runtime)}};
}

}  // namespace mono::model
