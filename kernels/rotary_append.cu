#include <algorithm>

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/rotary_heads.cuh"

namespace mono::kernels {
namespace {

constexpr int kMaxThreads = 256;

// One block a token; each thread turns kWidth pairs of one head at a time.
template <int kWidth, typename T>
__global__ void __launch_bounds__(kMaxThreads)
    rotary_append_kernel(const RotaryAppendArguments<T> a) {
  take_turn();
  const int64_t token = blockIdx.x;
  const int half = a.head_dim / 2;
  const int packs_per_head = half / kWidth;
  const int num_packs = (a.group + 2) * a.num_kv_heads * packs_per_head;
  const int64_t angle = static_cast<int64_t>(a.angle[token]) * half;
  for (int pack = static_cast<int>(threadIdx.x); pack < num_packs; pack += blockDim.x) {
    const Head<T> head = find_head(a, token, pack / packs_per_head);
    if (head.to == nullptr) continue;
    const int i = pack % packs_per_head * kWidth;
    float first[kWidth];
    float second[kWidth];
    load_biased(head, i, a.is_fast, first);
    load_biased(head, i + half, a.is_fast, second);
    if (head.is_rotated) {
      float cos[kWidth];
      float sin[kWidth];
      load_pack(a.cos + angle + i, cos);
      load_pack(a.sin + angle + i, sin);
#pragma unroll
      for (int k = 0; k < kWidth; ++k) {
        const float x = first[k];
        first[k] = turned<T>(x, cos[k], -second[k], sin[k], a.is_fast);
        second[k] = turned<T>(second[k], cos[k], x, sin[k], a.is_fast);
      }
    }
    store_pack(head.to + i, first);
    store_pack(head.to + i + half, second);
  }
}

template <int kWidth, typename T>
void start(const RotaryAppendArguments<T>& a, cudaStream_t stream) {
  const int64_t num_packs = int64_t{a.group + 2} * a.num_kv_heads * (a.head_dim / 2 / kWidth);
  const unsigned threads =
      std::min<unsigned>(kMaxThreads, ceil_div(num_packs, kWarpSize) * kWarpSize);
  start_early(rotary_append_kernel<kWidth, T>, dim3(static_cast<unsigned>(a.num_tokens)), threads,
              stream, a);
}

}  // namespace

template <typename T>
void launch_rotary_append(const RotaryAppendArguments<T>& a, cudaStream_t stream) {
  heads_allow_packs(a) ? start<kPackWidth<T>>(a, stream) : start<1>(a, stream);
}

template void launch_rotary_append(const RotaryAppendArguments<float>&, cudaStream_t);
template void launch_rotary_append(const RotaryAppendArguments<__nv_bfloat16>&, cudaStream_t);

}  // namespace mono::kernels
