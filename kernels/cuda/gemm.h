#pragma once

#include <cublasLt.h>
#include <cuda_runtime_api.h>

#include <cstdint>
#include <vector>

#include "kernels/gemm_plan.h"

namespace mono::kernels {

/// One product y [m, n] = x [m, k] weight [n, k]^T (+ bias), rows dense.
struct GemmOperands {
  GemmType type = GemmType::kBfloat16;
  const void* x = nullptr;
  const void* weight = nullptr;
  const void* bias = nullptr;  // null: none
  void* y = nullptr;
  int64_t m = 0;
  int64_t n = 0;
  int64_t k = 0;
  int64_t x_distance = 0;  // elements between rows
  int64_t weight_distance = 0;
  int64_t y_distance = 0;

  /// The largest of 16, 8, 4, 2 bytes that every pointer and row is a multiple of.
  int alignment() const;
};

enum class KCuts {
  kAny,   // the sum over k may be added up from parts
  kNone,  // it is one chain of additions
};

/// cuBLASLt's description of a product: row-major matrices are their transposes, column-major.
/// Sums are fp32 without tf32; the bias is added before the one rounding.
class GemmDescription {
 public:
  /// \throws c10::Error if cuBLASLt refuses it.
  explicit GemmDescription(const GemmOperands& operands);

  /// What cuBLASLt proposes for the shape, best guess first; at most `most`. For a shape of every m
  /// those that serve every number of rows.
  std::vector<GemmAlgorithm> proposals(cublasLtHandle_t handle, size_t workspace_bytes,
                                       const GemmShape& shape, KCuts cuts, int most);

  /// Starts the product on `stream`.
  /// \returns false if cuBLASLt refuses the algorithm.
  bool run(cublasLtHandle_t handle, const GemmAlgorithm& algorithm, void* workspace,
           size_t workspace_bytes, cudaStream_t stream);

 private:
  bool serves(cublasLtHandle_t handle, const cublasLtMatmulAlgo_t& algorithm, int64_t m) const;

  GemmOperands operands_;
  cublasLtMatmulDescOpaque_t product_{};
  cublasLtMatrixLayoutOpaque_t weight_{};
  cublasLtMatrixLayoutOpaque_t x_{};
  cublasLtMatrixLayoutOpaque_t y_{};
};

}  // namespace mono::kernels
