#pragma once

/// Which of a kernel's paths this processor can take; free of Torch.
namespace mono::kernels {

inline bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
}

inline bool has_avx512() {
  return __builtin_cpu_supports("avx512f") != 0;
}

template <typename Function>
Function fastest_path(Function scalar, Function avx2, Function avx512) {
  if (has_avx512()) return avx512;
  return has_avx2() ? avx2 : scalar;
}

}  // namespace mono::kernels
