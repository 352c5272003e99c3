#include <cuda_runtime.h>

#include <cstdio>

#include "tests/launch_checks/all.h"

// Runs each launcher on small inputs against a loop on the host. Exit codes: 0 all right, 1 a wrong
// result or a CUDA fault, 3 no device.
int main() {
  using namespace mono::launch_checks;
  int num_devices = 0;
  const cudaError_t status = cudaGetDeviceCount(&num_devices);
  if (status != cudaSuccess || num_devices == 0) {
    std::fprintf(stderr, "kernels_launch_check: no CUDA device (%s)\n", cudaGetErrorString(status));
    return 3;
  }

  struct Check {
    const char* name;
    bool (*run)();
  };
  const Check checks[] = {
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
  int num_failed = 0;
  for (const auto& check : checks) {
    const bool is_right = check.run();
    std::printf("%s %s\n", is_right ? "pass" : "FAIL", check.name);
    std::fflush(stdout);
    if (!is_right) ++num_failed;
  }
  return num_failed == 0 ? 0 : 1;
}
