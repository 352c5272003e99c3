#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace mono::kernels {

/// See token_rows.h.
template <typename T>
struct TokenRowsArguments {
  const T* logits = nullptr;     // [num_rows, vocab_size]
  int64_t logits_distance = 0;   // between rows
  int vocab_size = 0;            // at least 1
  int num_rows = 0;              // at least 1
  int32_t* token = nullptr;      // [num_rows]
  int32_t* generated = nullptr;  // [num_rows, capacity]
  int64_t capacity = 0;
  int32_t* num_new = nullptr;
  const int32_t* max_new = nullptr;
  int32_t* status = nullptr;
  const int32_t* stop_ids = nullptr;  // [num_rows, num_stop_ids]
  int num_stop_ids = 0;
  const int32_t* min_new = nullptr;  // or null, as the following
  int32_t* position = nullptr;
  int32_t* length = nullptr;
  const float* penalty = nullptr;
  int32_t* seen = nullptr;  // [num_rows, ceil(vocab_size / 32)]; beside penalty
};

struct SamplingArguments {
  const float* temperature = nullptr;  // [num_rows]
  const int32_t* top_k = nullptr;
  const double* top_p = nullptr;
  const int64_t* seed = nullptr;
  int32_t* scratch = nullptr;  // [num_rows, 2, vocab_size]
};

/// Start the kernel on `stream`; the caller reads cudaGetLastError(). T is float or __nv_bfloat16.
/// \param scratch  [num_rows, kArgmaxScratchPerRow]: see argmax_scratch.h
template <typename T>
void launch_argmax_tokens(const TokenRowsArguments<T>& rows, int32_t* scratch, cudaStream_t stream);
template <typename T>
void launch_sample_tokens(const TokenRowsArguments<T>& rows, const SamplingArguments& sampling,
                          cudaStream_t stream);

}  // namespace mono::kernels
