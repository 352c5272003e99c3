#pragma once

#include <ATen/core/Tensor.h>

#include "kernels/cuda/gemm.h"

/// Which of cuBLASLt's proposals a product takes.
namespace mono::kernels {

/// What products run with on a device and stream.
struct GemmContext {
  cublasLtHandle_t handle = nullptr;
  void* workspace = nullptr;
  size_t workspace_bytes = 0;
  cudaStream_t stream = nullptr;

  /// Of the current device and stream; torch keeps one workspace a stream.
  static GemmContext current();

  /// \returns false if cuBLASLt refuses the algorithm.
  bool run(GemmDescription& product, const GemmAlgorithm& algorithm) const;
};

/// One for a shape: cuBLASLt's first proposal or, where is_tuning, the fastest on random numbers;
/// for products of kRowsPerChunk rows one whose rows have the same bits at any place.
/// \param options  of x
/// \throws c10::Error if cuBLASLt proposes none.
GemmAlgorithm choose_algorithm(const GemmOperands& operands, const GemmShape& shape,
                               const at::TensorOptions& options, const GemmContext& context,
                               bool is_tuning);

/// The fastest for a bucket of rows, shape.m, among `base`, which serves every number of rows, and
/// those proposals that give its bits: on random numbers, half of whose sums cancel, so that hardly
/// anything but their rounding is left and another order of additions cannot hide. Which of them is
/// the fastest may differ from time to time; what comes out does not.
/// \param options  of x
/// \throws c10::Error if cuBLASLt proposes nothing, c10::OutOfMemoryError (one of them) if there is
/// no room for a trial.
GemmAlgorithm fastest_alike(const GemmOperands& operands, const GemmShape& shape,
                            const GemmAlgorithm& base, const at::TensorOptions& options,
                            const GemmContext& context);

}  // namespace mono::kernels
