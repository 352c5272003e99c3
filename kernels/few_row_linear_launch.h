#pragma once

#include <cuda_bf16.h>
#include <cuda_runtime_api.h>

#include <cstdint>

namespace mono::kernels {

/// See few_row_linear.h. Distances between rows are in elements.
struct FewRowLinearArguments {
  const __nv_bfloat16* x = nullptr;       // [m, k]
  const __nv_bfloat16* weight = nullptr;  // [n, k]; gated: [2 n, k]
  const __nv_bfloat16* bias = nullptr;    // [n]; null: none
  __nv_bfloat16* y = nullptr;             // [m, n]
  int64_t x_distance = 0;
  int64_t weight_distance = 0;
  int64_t y_distance = 0;
  int m = 0;  // 1 .. 64
  int n = 0;
  int k = 0;
  bool has_settled_weight = false;  // no kernel still under way writes it: it may be read early
  bool is_gated = false;            // y = swiglu of both halves of the products; no bias
  bool is_fast = false;             // Rounding::kFast of that swiglu
};

/// Starts the kernel on `stream`; the caller reads cudaGetLastError().
/// \returns false, and starts nothing, where k is no multiple of 32 or a row does not begin at a
/// multiple of 16 bytes.
bool launch_few_row_linear(const FewRowLinearArguments& arguments, cudaStream_t stream);

}  // namespace mono::kernels
