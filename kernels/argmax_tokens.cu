#include <algorithm>

#include "kernels/argmax_scratch.h"
#include "kernels/cuda/arrival.cuh"
#include "kernels/cuda/token_row.cuh"

namespace mono::kernels {
namespace {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / kWarpSize;

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

/// The best of each part of a row, for whichever of its blocks comes last; see argmax_scratch.h.
struct PartsOfRow {
  __device__ PartsOfRow(int32_t* scratch, int row)
      : arrivals(scratch + row * kArgmaxScratchPerRow),
        logits(arrivals + 1),
        ids(logits + kMostArgmaxParts) {}

  __device__ void write(int part, const Best& best) const {
    logits[part] = __float_as_int(best.logit);
    ids[part] = best.id;
  }
  __device__ void meet(int part, Best& best) const {
    best.meet(__int_as_float(__ldcg(logits + part)), __ldcg(ids + part));
  }

  int32_t* arrivals;
  int32_t* logits;
  int32_t* ids;
};

// Block (row, part). The last block of a row to end takes the token; which one that is changes
// nothing, as the best of all parts is one in any order.
template <typename T>
__global__ void __launch_bounds__(kThreads, 4)
    argmax_kernel(const TokenRowsArguments<T> a, int32_t* scratch) {
  take_turn();
  const int row = static_cast<int>(blockIdx.x);
  if (a.status[row] != kRowRunning) return;  // every block of the row
  const int part = static_cast<int>(blockIdx.y);
  const int num_parts = static_cast<int>(gridDim.y);
  const LogitRules<T> rules(a, row);
  Best best;
  const T* const logits = a.logits + row * a.logits_distance;
  const int thread = part * kThreads + static_cast<int>(threadIdx.x);
  const int num_threads = num_parts * kThreads;
  if (rules.change_nothing()) {
    for_each_logit<4>(logits, a.vocab_size, thread, num_threads,
                      [&](int id, float logit) { best.meet(logit, id); });
  } else {
    for_each_logit<1>(logits, a.vocab_size, thread, num_threads,
                      [&](int id, float logit) { best.meet(rules.apply(logit, id), id); });
  }
  best.meet_lanes();

  __shared__ float largest[kWarps];
  __shared__ int ids[kWarps];
  const int lane = static_cast<int>(threadIdx.x) % kWarpSize;
  const int warp = static_cast<int>(threadIdx.x) / kWarpSize;
  if (lane == 0) {
    largest[warp] = best.logit;
    ids[warp] = best.id;
  }
  __syncthreads();
  if (warp != 0) return;
  if (lane < kWarps) best.meet(largest[lane], ids[lane]);
  best.meet_lanes();

  const PartsOfRow parts(scratch, row);
  bool is_last = false;
  if (lane == 0) {
    parts.write(part, best);
    is_last = arrives_last(parts.arrivals, static_cast<unsigned>(num_parts));
  }
  __syncwarp();
  if (!__shfl_sync(kWholeWarp, is_last, 0)) return;
  for (int other = lane; other < num_parts; other += kWarpSize) parts.meet(other, best);
  best.meet_lanes();
  if (lane == 0) take_token(a, row, best.id);
}

// Blocks of a row: no more than have an access for each of their threads, nor than fill the card.
template <typename T>
unsigned parts_of_row(const TokenRowsArguments<T>& a) {
  constexpr int kBlocksThatFill = 1024;
  const unsigned useful = ceil_div(a.vocab_size, int64_t{kThreads} * kPackWidth<T>);
  const auto wanted = static_cast<unsigned>(std::max(kBlocksThatFill / a.num_rows, 1));
  return std::min({useful, wanted, static_cast<unsigned>(kMostArgmaxParts)});
}

}  // namespace

template <typename T>
void launch_argmax_tokens(const TokenRowsArguments<T>& rows, int32_t* scratch,
                          cudaStream_t stream) {
  start_early(argmax_kernel<T>, dim3(static_cast<unsigned>(rows.num_rows), parts_of_row(rows)),
              kThreads, stream, rows, scratch);
}

template void launch_argmax_tokens(const TokenRowsArguments<float>&, int32_t*, cudaStream_t);
template void launch_argmax_tokens(const TokenRowsArguments<__nv_bfloat16>&, int32_t*,
                                   cudaStream_t);

}  // namespace mono::kernels
