#include "kernels/cuda/key_cut.cuh"
#include "kernels/cuda/token_row.cuh"
#include "kernels/philox.h"

namespace mono::kernels {
namespace {

constexpr double kWeightOne = 2147483648.0;  // 2^31

// The sum over the block, in every thread; of integers, so in any order.
__device__ uint64_t block_total(uint64_t value) {
  __shared__ uint64_t totals[kTokenWarps];
  for (int distance = kWarpSize / 2; distance > 0; distance /= 2) {
    value += __shfl_xor_sync(kWholeWarp, value, distance);
  }
  __syncthreads();  // an earlier total may still be read
  if (lane_of_thread() == 0) totals[threadIdx.x / kWarpSize] = value;
  __syncthreads();
  uint64_t total = 0;
  for (const uint64_t of_warp : totals) total += of_warp;
  return total;
}

__device__ float block_largest(float value) {
  __shared__ float largest[kTokenWarps];
  for (int distance = kWarpSize / 2; distance > 0; distance /= 2) {
    value = fmaxf(value, __shfl_xor_sync(kWholeWarp, value, distance));
  }
  if (lane_of_thread() == 0) largest[threadIdx.x / kWarpSize] = value;
  __syncthreads();
  for (const float of_warp : largest) value = fmaxf(value, of_warp);
  return value;
}

/// Which weights stay: those above the cut, and of those at it the first `num_equal` by id.
struct Kept {
  unsigned cut = 0;
  uint64_t num_equal = ~uint64_t{0};
};

// The nucleus: from the least likely up, weights go while their sum stays within (1 - top_p) total.
__device__ Kept keep_top_p(const float* x, const unsigned* weights, int size, double top_p,
                           uint64_t total) {
  if (top_p >= 1) return {};
  auto limit = static_cast<uint64_t>((1 - top_p) * static_cast<double>(total));
  if (limit >= total) limit = total - 1;  // the most likely one stays
  const Cut cut = find_cut(x, size, limit, [&](int i) { return weights[i]; });
  uint64_t equal = 0;
  uint64_t weight = 0;
  for (int i = static_cast<int>(threadIdx.x); i < size; i += kTokenThreads) {
    if (key_of(x[i]) != cut.key) continue;
    ++equal;
    weight += weights[i];
  }
  equal = block_total(equal);
  weight = block_total(weight) / equal;  // equal ones weigh the same, and more than 0
  return {.cut = cut.key, .num_equal = equal - (limit - cut.below) / weight};
}

/// One warp's run of ids, walked in order, 32 at a time.
struct Run {
  int begin = 0;
  int end = 0;
  uint64_t equal_before = 0;

  // Calls use(id, weight) with what is kept, in all lanes at once; stops when it returns true.
  template <typename Use>
  __device__ void walk(const float* x, const unsigned* weights, const Kept& kept,
                       const Use& use) const {
    uint64_t equal = equal_before;
    for (int base = begin; base < end; base += kWarpSize) {
      const int id = base + static_cast<int>(lane_of_thread());
      const unsigned key = id < end ? key_of(x[id]) : 0;
      const bool is_equal = id < end && key == kept.cut;
      const unsigned votes = __ballot_sync(kWholeWarp, is_equal);
      const uint64_t rank =
          equal + static_cast<unsigned>(__popc(votes & ((1U << lane_of_thread()) - 1)));
      const bool is_kept = id < end && (key > kept.cut || (is_equal && rank < kept.num_equal));
      if (use(id, is_kept ? weights[id] : 0U)) return;
      equal += static_cast<unsigned>(__popc(votes));
    }
  }
};

// The first id at which the kept weights, summed over ascending ids, come to more than
// floor(draw * sum).
__device__ int draw(const float* x, const unsigned* weights, int size, const Kept& kept,
                    double uniform) {
  __shared__ uint64_t equal[kTokenWarps];
  __shared__ uint64_t sums[kTokenWarps];
  __shared__ int token;
  const int warp = static_cast<int>(threadIdx.x) / kWarpSize;
  const int run_length = (size + kTokenWarps - 1) / kTokenWarps;
  Run run{.begin = warp * run_length};
  run.end = run.begin + run_length < size ? run.begin + run_length : size;

  uint64_t num_equal = 0;
  for (int id = run.begin + static_cast<int>(lane_of_thread()); id < run.end; id += kWarpSize) {
    num_equal += key_of(x[id]) == kept.cut ? 1 : 0;
  }
  for (int distance = kWarpSize / 2; distance > 0; distance /= 2) {
    num_equal += __shfl_xor_sync(kWholeWarp, num_equal, distance);
  }
  if (lane_of_thread() == 0) equal[warp] = num_equal;
  __syncthreads();
  for (int before = 0; before < warp; ++before) run.equal_before += equal[before];

  uint64_t sum = 0;
  run.walk(x, weights, kept, [&](int, unsigned weight) {
    sum += weight;
    return false;
  });
  for (int distance = kWarpSize / 2; distance > 0; distance /= 2) {
    sum += __shfl_xor_sync(kWholeWarp, sum, distance);
  }
  if (lane_of_thread() == 0) sums[warp] = sum;
  __syncthreads();

  uint64_t total = 0;
  uint64_t before = 0;
  for (int other = 0; other < kTokenWarps; ++other) {
    if (other == warp) before = total;
    total += sums[other];
  }
  const auto target = static_cast<uint64_t>(uniform * static_cast<double>(total));
  if (before <= target && target < before + sum) {  // one warp alone
    run.walk(x, weights, kept, [&](int id, unsigned weight) {
      uint64_t up_to = weight;
      for (unsigned distance = 1; distance < kWarpSize; distance *= 2) {
        const uint64_t left = __shfl_up_sync(kWholeWarp, up_to, distance);
        if (lane_of_thread() >= distance) up_to += left;
      }
      const unsigned votes = __ballot_sync(kWholeWarp, before + up_to > target);
      const bool is_first = votes != 0 && (votes & ((1U << lane_of_thread()) - 1)) == 0 &&
                            (votes >> lane_of_thread() & 1U) != 0;
      if (is_first) token = id;
      before += __shfl_sync(kWholeWarp, up_to, kWarpSize - 1);
      return votes != 0;
    });
  }
  __syncthreads();
  return token;
}

template <typename T>
__global__ void __launch_bounds__(kTokenThreads, 1)
    sample_kernel(const TokenRowsArguments<T> a, const SamplingArguments s) {
  const int row = static_cast<int>(blockIdx.x);
  if (a.status[row] != kRowRunning) return;  // the whole block
  const int size = a.vocab_size;
  auto* const x = reinterpret_cast<float*>(s.scratch + int64_t{row} * 2 * size);
  auto* const weights = reinterpret_cast<unsigned*>(x) + size;

  const LogitRules<T> rules(a, row);
  float largest = -INFINITY;
  for_each_logit<4>(a.logits + row * a.logits_distance, size, static_cast<int>(threadIdx.x),
                    kTokenThreads, [&](int id, float logit) {
                      const float value = rules.apply(logit, id) / s.temperature[row];
                      x[id] = isnan(value) ? -INFINITY : value;
                      largest = fmaxf(largest, x[id]);
                    });
  largest = block_largest(largest);
  if (isinf(largest)) {
    if (threadIdx.x == 0) take_token(a, row, -1);
    return;  // the whole block
  }

  const int top_k = s.top_k[row];
  unsigned least = 0;
  if (top_k > 0 && top_k < size) {
    least = find_cut(x, size, static_cast<uint64_t>(size - top_k), [](int) { return 1U; }).key;
  }
  uint64_t sum = 0;
  for (int i = static_cast<int>(threadIdx.x); i < size; i += kTokenThreads) {
    const double exponent = static_cast<double>(x[i]) - static_cast<double>(largest);
    weights[i] =
        key_of(x[i]) < least ? 0U : static_cast<unsigned>(exp(exponent) * kWeightOne + 0.5);
    sum += weights[i];
  }
  const uint64_t total = block_total(sum);
  const Kept kept = keep_top_p(x, weights, size, s.top_p[row], total);
  const double uniform =
      uniform_draw(static_cast<uint64_t>(s.seed[row]), static_cast<uint32_t>(a.num_new[row]));
  const int token = draw(x, weights, size, kept, uniform);
  if (threadIdx.x == 0) take_token(a, row, token);
}

}  // namespace

template <typename T>
void launch_sample_tokens(const TokenRowsArguments<T>& rows, const SamplingArguments& sampling,
                          cudaStream_t stream) {
  start_kernel(sample_kernel<T>, dim3(static_cast<unsigned>(rows.num_rows)), kTokenThreads, stream,
               rows, sampling);
}

template void launch_sample_tokens(const TokenRowsArguments<float>&, const SamplingArguments&,
                                   cudaStream_t);
template void launch_sample_tokens(const TokenRowsArguments<__nv_bfloat16>&,
                                   const SamplingArguments&, cudaStream_t);

}  // namespace mono::kernels
