#include "kernels/cuda/token_row.cuh"

namespace mono::kernels {
namespace {

struct Best {
  float logit = -INFINITY;
  int id = -1;  // negative: none yet

  __device__ void meet(float other, int other_id) {
    if (other_id < 0 || isnan(other)) return;
    if (id < 0 || other > logit || (other == logit && other_id < id)) {
      logit = other;
      id = other_id;
    }
  }

  __device__ void meet_lanes() {
    for (int distance = kWarpSize / 2; distance > 0; distance /= 2) {
      const float other = __shfl_xor_sync(kWholeWarp, logit, distance);
      const int other_id = __shfl_xor_sync(kWholeWarp, id, distance);
      meet(other, other_id);
    }
  }
};

template <typename T>
__global__ void __launch_bounds__(kTokenThreads, 1) argmax_kernel(const TokenRowsArguments<T> a) {
  take_turn();
  const int row = static_cast<int>(blockIdx.x);
  if (a.status[row] != kRowRunning) return;  // the whole block
  const LogitRules<T> rules(a, row);
  Best best;
  for_each_logit(a.logits + row * a.logits_distance, a.vocab_size,
                 [&](int id, float logit) { best.meet(rules.apply(logit, id), id); });
  best.meet_lanes();

  __shared__ float logits[kTokenWarps];
  __shared__ int ids[kTokenWarps];
  const int lane = static_cast<int>(threadIdx.x) % kWarpSize;
  const int warp = static_cast<int>(threadIdx.x) / kWarpSize;
  if (lane == 0) {
    logits[warp] = best.logit;
    ids[warp] = best.id;
  }
  __syncthreads();
  if (warp != 0) return;
  best.logit = logits[lane];
  best.id = ids[lane];
  best.meet_lanes();
  if (lane == 0) take_token(a, row, best.id);
}

}  // namespace

template <typename T>
void launch_argmax_tokens(const TokenRowsArguments<T>& rows, cudaStream_t stream) {
  start_early(argmax_kernel<T>, dim3(static_cast<unsigned>(rows.num_rows)), kTokenThreads, stream,
              rows);
}

template void launch_argmax_tokens(const TokenRowsArguments<float>&, cudaStream_t);
template void launch_argmax_tokens(const TokenRowsArguments<__nv_bfloat16>&, cudaStream_t);

}  // namespace mono::kernels
