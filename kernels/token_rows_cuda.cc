#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include "kernels/cuda/float_type.h"
#include "kernels/token_rows_launch.h"

namespace mono::kernels {
namespace {

using OptionalTensor = std::optional<at::Tensor>;

template <typename T>
T* mutable_data_if(const OptionalTensor& tensor) {
  return tensor ? mutable_data_of<T>(*tensor) : nullptr;
}

// In the order in which token_rows.cc lists them.
template <typename T>
TokenRowsArguments<T> arguments_of(const at::Tensor& logits, at::TensorList required,
                                   const c10::List<OptionalTensor>& optional) {
  return {.logits = data_of<T>(logits),
          .logits_distance = logits.stride(0),
          .vocab_size = static_cast<int>(logits.size(1)),
          .num_rows = static_cast<int>(logits.size(0)),
          .token = mutable_data_of<int32_t>(required[0]),
          .generated = mutable_data_of<int32_t>(required[1]),
          .capacity = required[1].size(1),
          .num_new = mutable_data_of<int32_t>(required[2]),
          .max_new = data_of<int32_t>(required[3]),
          .status = mutable_data_of<int32_t>(required[4]),
          .stop_ids = data_of<int32_t>(required[5]),
          .num_stop_ids = static_cast<int>(required[5].size(1)),
          .min_new = mutable_data_if<int32_t>(optional.get(0)),
          .position = mutable_data_if<int32_t>(optional.get(1)),
          .length = mutable_data_if<int32_t>(optional.get(2)),
          .penalty = mutable_data_if<float>(optional.get(3)),
          .seen = mutable_data_if<int32_t>(optional.get(4))};
}

void choose_tokens_cuda(const at::Tensor& logits, at::TensorList required,
                        const c10::List<OptionalTensor>& optional, at::TensorList sampling,
                        const at::Tensor& scratch) {
  if (logits.numel() == 0) return;
  const c10::cuda::CUDAGuard device_guard(logits.device());
  const auto stream = at::cuda::getCurrentCUDAStream();
  with_float_type("choose_tokens", logits.scalar_type(), [&](auto type) {
    using T = decltype(type)::type;
    const auto rows = arguments_of<T>(logits, required, optional);
    auto* const free = mutable_data_of<int32_t>(scratch);
    if (sampling.empty()) return launch_argmax_tokens(rows, free, stream);
    launch_sample_tokens(rows,
                         SamplingArguments{.temperature = data_of<float>(sampling[0]),
                                           .top_k = data_of<int32_t>(sampling[1]),
                                           .top_p = data_of<double>(sampling[2]),
                                           .seed = data_of<int64_t>(sampling[3]),
                                           .scratch = free},
                         stream);
  });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("choose_tokens", choose_tokens_cuda);
}

}  // namespace mono::kernels
