#include <ATen/ATen.h>
#include <ATen/ops/_flash_attention_forward.h>
#include <ATen/ops/_scaled_dot_product_cudnn_attention.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>
#include <torch/library.h>

#include <algorithm>
#include <cstdint>
#include <tuple>

#include "kernels/attention.h"
#include "kernels/attention_fallback.h"

namespace mono::kernels {
namespace {

constexpr int64_t kMaxFlashHeadDim = 256;

bool flash_serves(const at::Tensor& q, bool is_eager) {
  return !is_eager && q.scalar_type() == at::kBFloat16 && q.size(2) % 8 == 0 &&
         q.size(2) <= kMaxFlashHeadDim;
}

constexpr int64_t kBytesPerRead = 16;

/// Whether flash attention and cuDNN can read a tensor as it lies: both take 16 bytes at a time
/// along the last dimension, and neither checks all that this needs.
bool is_readable(const at::Tensor& tensor) {
  const int64_t per_read = kBytesPerRead / tensor.element_size();
  for (int64_t i = 0; i + 1 < tensor.dim(); ++i) {
    const int64_t stride = tensor.stride(i);
    if (tensor.size(i) > 1 && (stride == 0 || stride % per_read != 0)) return false;
  }
  return tensor.stride(-1) == 1 &&
         reinterpret_cast<uintptr_t>(tensor.const_data_ptr()) % kBytesPerRead == 0;
}

/// The tensor itself where it is readable, else a dense copy.
at::Tensor readable(const at::Tensor& tensor) {
  return is_readable(tensor) ? tensor : tensor.clone(at::MemoryFormat::Contiguous);
}

/// Where the queries and keys of a sequence begin and end, as flash attention reads it: int32
/// {0, num_tokens, 0, length}. A pass asks for the same ones in every layer; a copy from the host
/// in each would hold up the queue. A recorded pass makes its own, each time it is done.
class SequenceEnds {
 public:
  at::Tensor of(int64_t num_tokens, int64_t length, const at::Device& device) {
    const auto stream = c10::cuda::getCurrentCUDAStream(device.index());
    const Key key{device.index(), stream.id(), capture_of(stream), num_tokens, length};
    if (key != key_) ends_ = made(num_tokens, length, device);
    key_ = key;
    return ends_;
  }

 private:
  using Key = std::tuple<c10::DeviceIndex, c10::StreamId, uint64_t, int64_t, int64_t>;

  /// The number of the recording that the stream takes part in; 0 where it does not.
  static uint64_t capture_of(const c10::cuda::CUDAStream& stream) {
    cudaStreamCaptureStatus status{};
    unsigned long long number = 0;  // NOLINT(google-runtime-int): CUDA's type
    C10_CUDA_CHECK(cudaStreamGetCaptureInfo(stream, &status, &number));
    return status == cudaStreamCaptureStatusNone ? 0 : number;
  }

  static at::Tensor made(int64_t num_tokens, int64_t length, const at::Device& device) {
    auto ends = at::zeros({4}, at::TensorOptions(device).dtype(at::kInt));
    ends[1].fill_(num_tokens);
    ends[3].fill_(length);
    return ends;
  }

  Key key_{-1, 0, 0, 0, 0};
  at::Tensor ends_{};
};

// A row's sums go over fixed blocks of keys counted from position 0, whatever queries stand beside
// it. One query alone would be computed another way (its keys cut by the number of processors),
// hence never a bound of 1.
at::Tensor flash(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, int64_t length) {
  const int64_t num_tokens = q.size(0);
  static thread_local SequenceEnds memory;
  const auto ends = memory.of(num_tokens, length, q.device());
  const auto by_position = [&](const at::Tensor& cache) {
    return readable(cache.slice(1, 0, length).transpose(0, 1));  // [length, num_kv_heads, head_dim]
  };
  const auto out = std::get<0>(at::_flash_attention_forward(
      readable(q), by_position(k), by_position(v), ends.slice(0, 0, 2), ends.slice(0, 2, 4),
      std::max<int64_t>(num_tokens, 2), length, /*dropout_p=*/0, /*is_causal=*/true,
      /*return_debug_mask=*/false));
  return out.reshape({num_tokens, -1});
}

constexpr int64_t kMaxCudnnHeadDim = 128;
constexpr int64_t kFewestCudnnTokens = 256;  // below, it gains less than a plan costs

// A whole prompt at once; cuDNN plans for its length.
bool cudnn_serves(const at::Tensor& q, const at::Tensor& k) {
  return q.size(0) == k.size(1) && q.size(0) >= kFewestCudnnTokens && q.size(2) <= kMaxCudnnHeadDim;
}

at::Tensor cudnn(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
  const auto out = std::get<0>(at::_scaled_dot_product_cudnn_attention(
      readable(q).transpose(0, 1).unsqueeze(0), readable(k).unsqueeze(0), readable(v).unsqueeze(0),
      /*attn_bias=*/std::nullopt, /*compute_log_sumexp=*/false, /*dropout_p=*/0,
      /*is_causal=*/true));
  return out.squeeze(0).transpose(0, 1).reshape({q.size(0), -1});
}

at::Tensor causal_attention_cuda(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                 bool is_eager) {
  if (!flash_serves(q, is_eager)) return causal_attention_fallback(q, k, v, is_eager);
  const c10::cuda::CUDAGuard device_guard(q.device());
  return cudnn_serves(q, k) ? cudnn(q, k, v) : flash(q, k, v, k.size(1));
}

at::Tensor attention_in_blocks_cuda(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                    int64_t begin, bool is_eager) {
  if (!flash_serves(q, is_eager)) {
    return causal_attention_in_blocks_fallback(q, k, v, begin, is_eager);
  }
  const c10::cuda::CUDAGuard device_guard(q.device());
  return flash(q, k, v, begin + q.size(0));
}

at::Tensor full_attention_cuda(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                               bool is_eager, bool is_free) {
  const bool is_served = is_free && !is_eager && q.scalar_type() == at::kBFloat16 &&
                         q.size(3) % 8 == 0 && q.size(3) <= kMaxCudnnHeadDim;
  if (!is_served) return full_attention_fallback(q, k, v, is_eager, is_free);
  const c10::cuda::CUDAGuard device_guard(q.device());
  return std::get<0>(at::_scaled_dot_product_cudnn_attention(readable(q), readable(k), readable(v),
                                                             /*attn_bias=*/std::nullopt,
                                                             /*compute_log_sumexp=*/false));
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("causal_attention", causal_attention_cuda);
  m.impl("causal_attention_in_blocks", attention_in_blocks_cuda);
  m.impl("full_attention", full_attention_cuda);
}

}  // namespace mono::kernels
