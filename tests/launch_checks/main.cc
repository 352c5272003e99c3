#include <cuda_runtime.h>

#include <algorithm>
#include <cstdio>
#include <string_view>
#include <vector>

#include "tests/launch_checks/all.h"

namespace mono::launch_checks {
namespace {

struct Check {
  const char* name;
  bool (*run)();
};
constexpr Check kChecks[] = {
    {"add_rms_norm", check_add_rms_norm},
    {"argmax_tokens", check_argmax_tokens},
    {"decode_attention", check_decode_attention},
    {"few_row_linear", check_few_row_linear},
    {"gelu_bias", check_gelu_bias},
    {"layer_norm", check_layer_norm},
    {"rms_norm", check_rms_norm},
    {"rotary_append", check_rotary_append},
    {"row_copy", check_row_copy},
    {"sample_tokens", check_sample_tokens},
    {"swiglu", check_swiglu},
    {"tiles_from_rgb", check_tiles_from_rgb},
};

/// Those of the given names, all where there is none; empty where a name is unknown.
std::vector<Check> chosen(const std::vector<std::string_view>& names) {
  if (names.empty()) return {std::begin(kChecks), std::end(kChecks)};
  std::vector<Check> found;
  for (const auto name : names) {
    const auto* const check =
        std::find_if(std::begin(kChecks), std::end(kChecks),
                     [&](const Check& candidate) { return candidate.name == name; });
    if (check == std::end(kChecks)) return {};
    found.push_back(*check);
  }
  return found;
}

void print_names() {
  for (const auto& check : kChecks) std::printf("%s\n", check.name);
}

}  // namespace
}  // namespace mono::launch_checks

// Runs the launchers named (all, if none is) on small inputs against a loop on the host; --list
// prints their names. Exit codes: 0 all right, 1 a wrong result or a CUDA fault, 2 an unknown name,
// 3 no device.
int main(int argc, char** argv) {
  using namespace mono::launch_checks;
  const std::vector<std::string_view> names(argv + 1, argv + argc);
  if (names.size() == 1 && names.front() == "--list") {
    print_names();
    return 0;
  }
  const auto checks = chosen(names);
  if (checks.empty()) {
    std::fprintf(stderr, "kernels_launch_check: an unknown name; --list prints those there are\n");
    return 2;
  }
  int num_devices = 0;
  const cudaError_t status = cudaGetDeviceCount(&num_devices);
  if (status != cudaSuccess || num_devices == 0) {
    std::fprintf(stderr, "kernels_launch_check: no CUDA device (%s)\n", cudaGetErrorString(status));
    return 3;
  }

  int num_failed = 0;
  for (const auto& check : checks) {
    const bool is_right = check.run();
    std::printf("%s %s\n", is_right ? "pass" : "FAIL", check.name);
    std::fflush(stdout);
    if (!is_right) ++num_failed;
  }
  return num_failed == 0 ? 0 : 1;
}
