#include <type_traits>

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/pack.cuh"
#include "kernels/decode_attention_launch.h"

namespace mono::kernels {
namespace {

constexpr int kKeys = 256;  // of a split; kKeysPerSplit of decode_attention.h
constexpr int kThreads = 256;
constexpr int kWarps = kThreads / kWarpSize;
constexpr int kInFlight = 4;  // 16-byte loads a thread has under way
constexpr int kMaxGroup = 8;
static_assert(kMaxGroup <= kWarps, "each query head of a group has a warp for its softmax");

/// One split of one row's kv head. A team of kLanes threads reads a key or value, 16 bytes a lane.
template <typename T, int kLanes>
struct Split {
  static constexpr int kWidth = kPackWidth<T>;
  static constexpr int kTeams = kThreads / kLanes;

  const T* first = nullptr;  // this lane's part of the split's first key or value
  int64_t distance = 0;      // between positions
  int count = 0;             // keys
  bool is_reading = true;    // false for lanes behind head_dim

  /// Calls use(key, values) for every key of this thread's team, in order, kInFlight loads ahead of
  /// their use. All threads of the block make the same number of calls; behind the last key the
  /// values are zero.
  template <typename Use>
  __device__ void for_each(const Use& use) const {
    const int team = static_cast<int>(threadIdx.x) / kLanes;
    for (int base = team; base - team < count; base += kTeams * kInFlight) {
      uint4 raw[kInFlight];
#pragma unroll
      for (int u = 0; u < kInFlight; ++u) {
        const int key = base + u * kTeams;
        raw[u] = is_reading && key < count ? *reinterpret_cast<const uint4*>(first + key * distance)
                                           : uint4{};
      }
#pragma unroll
      for (int u = 0; u < kInFlight; ++u) {
        float values[kWidth];
        unpack<T>(raw[u], values);
        use(base + u * kTeams, values);
      }
    }
  }
};

// Turns the scores of one head into exp(score - largest), by one warp.
__device__ void soften(float* scores, int count, float* scale) {
  const int lane = static_cast<int>(threadIdx.x) % kWarpSize;
  float largest = -INFINITY;
  for (int key = lane; key < count; key += kWarpSize) largest = fmaxf(largest, scores[key]);
  for (int distance = kWarpSize / 2; distance > 0; distance /= 2) {
    largest = fmaxf(largest, __shfl_xor_sync(kWholeWarp, largest, distance));
  }
  float sum = 0;
  for (int key = lane; key < count; key += kWarpSize) {
    scores[key] = expf(scores[key] - largest);
    sum += scores[key];
  }
  for (int distance = kWarpSize / 2; distance > 0; distance /= 2) {
    sum += __shfl_xor_sync(kWholeWarp, sum, distance);
  }
  if (lane == 0) {
    scale[0] = largest;
    scale[1] = sum;
  }
}

// Adds up one head's weighted values over all teams: within the warp, then over warps in order.
template <int kLanes, int kWidth>
__device__ void write_sum(float (&sum)[kWidth], int head_dim, float* out) {
  __shared__ float parts[kWarps][kLanes * kWidth];
  const int lane = static_cast<int>(threadIdx.x) % kWarpSize;
#pragma unroll
  for (int i = 0; i < kWidth; ++i) {
    for (int distance = kWarpSize / 2; distance >= kLanes; distance /= 2) {
      sum[i] += __shfl_xor_sync(kWholeWarp, sum[i], distance);
    }
    if (lane < kLanes) parts[threadIdx.x / kWarpSize][lane * kWidth + i] = sum[i];
  }
  __syncthreads();
  for (int d = static_cast<int>(threadIdx.x); d < head_dim; d += kThreads) {
    float total = 0;
    for (int warp = 0; warp < kWarps; ++warp) total += parts[warp][d];
    out[d] = total;
  }
  __syncthreads();  // parts is used again
}

// Block (split, kv head, row). Scores and probabilities of all query heads of the group at once, so
// that keys and values are read once.
template <int kLanes, int kGroup, typename T>
__global__ void __launch_bounds__(kThreads) split_kernel(const DecodeAttentionArguments<T> a) {
  constexpr int kWidth = kPackWidth<T>;
  __shared__ float scores[kGroup][kKeys];
  take_turn();
  const int split = static_cast<int>(blockIdx.x);
  const int row = static_cast<int>(blockIdx.z);
  const int begin = split * kKeys;
  const int length = a.length[row];
  if (begin >= length) return;  // the whole block

  const int column = static_cast<int>(threadIdx.x) % kLanes * kWidth;
  const int64_t distance = int64_t{a.num_kv_heads} * a.head_dim;
  const int64_t first =
      (a.slot[row] * a.capacity + begin) * distance + int64_t{blockIdx.y} * a.head_dim + column;
  const int64_t head = (int64_t{blockIdx.z} * a.num_kv_heads + blockIdx.y) * a.group;
  const Split<T, kLanes> keys{.first = a.keys + first,
                              .distance = distance,
                              .count = length - begin < kKeys ? length - begin : kKeys,
                              .is_reading = column < a.head_dim};

  float q[kGroup][kWidth] = {};
#pragma unroll
  for (int g = 0; g < kGroup; ++g) {
    if (g < a.group && keys.is_reading) load_pack(a.q + (head + g) * a.head_dim + column, q[g]);
  }
  const float scale = rsqrtf(static_cast<float>(a.head_dim));
  keys.for_each([&](int key, const float(&k)[kWidth]) {
#pragma unroll
    for (int g = 0; g < kGroup; ++g) {
      float score = 0;
#pragma unroll
      for (int i = 0; i < kWidth; ++i) score += q[g][i] * k[i];
      for (int step = kLanes / 2; step > 0; step /= 2) {
        score += __shfl_xor_sync(kWholeWarp, score, step);
      }
      if (column == 0 && key < keys.count) scores[g][key] = score * scale;
    }
  });
  __syncthreads();

  const int64_t num_splits = (a.max_length + kKeys - 1) / kKeys;
  const int warp = static_cast<int>(threadIdx.x) / kWarpSize;
  if (warp < a.group) {
    soften(scores[warp], keys.count, a.scales + ((head + warp) * num_splits + split) * 2);
  }
  __syncthreads();

  auto values = keys;
  values.first = a.values + first;
  float sum[kGroup][kWidth] = {};
  values.for_each([&](int key, const float(&v)[kWidth]) {
    if (key >= keys.count) return;
#pragma unroll
    for (int g = 0; g < kGroup; ++g) {
      const float weight = scores[g][key];
#pragma unroll
      for (int i = 0; i < kWidth; ++i) sum[g][i] += weight * v[i];
    }
  });
#pragma unroll
  for (int g = 0; g < kGroup; ++g) {
    if (g >= a.group) break;
    write_sum<kLanes>(sum[g], a.head_dim, a.sums + ((head + g) * num_splits + split) * a.head_dim);
  }
}

// Block (head, row): the splits in their order.
template <typename T>
__global__ void combine_kernel(const DecodeAttentionArguments<T> a) {
  take_turn();
  const int num_heads = a.num_kv_heads * a.group;
  const int64_t head = int64_t{blockIdx.y} * num_heads + blockIdx.x;
  const int64_t num_splits = (a.max_length + kKeys - 1) / kKeys;
  const int used = (a.length[blockIdx.y] + kKeys - 1) / kKeys;
  const float* const scales = a.scales + head * num_splits * 2;
  const float* const sums = a.sums + head * num_splits * a.head_dim;
  const int d = static_cast<int>(threadIdx.x);
  if (d >= a.head_dim) return;

  float largest = -INFINITY;
  for (int split = 0; split < used; ++split) largest = fmaxf(largest, scales[2 * split]);
  float sum = 0;
  float total = 0;
  for (int split = 0; split < used; ++split) {
    const float factor = expf(scales[2 * split] - largest);
    total += factor * scales[2 * split + 1];
    sum += factor * sums[split * a.head_dim + d];
  }
  a.out[head * a.head_dim + d] = static_cast<T>(used == 0 ? 0.0F : sum / total);
}

template <int kLanes, int kGroup, typename T>
bool start(const DecodeAttentionArguments<T>& a, cudaStream_t stream) {
  const auto rows = static_cast<unsigned>(a.num_rows);
  const auto kv_heads = static_cast<unsigned>(a.num_kv_heads);
  const auto group = static_cast<unsigned>(a.group);
  start_early(split_kernel<kLanes, kGroup, T>, dim3(ceil_div(a.max_length, kKeys), kv_heads, rows),
              kThreads, stream, a);
  start_early(combine_kernel<T>, dim3(kv_heads * group, rows),
              ceil_div(a.head_dim, kWarpSize) * kWarpSize, stream, a);
  return true;
}

template <int kLanes, typename T>
bool start_for_group(const DecodeAttentionArguments<T>& a, cudaStream_t stream) {
  if constexpr (std::is_same_v<T, __nv_bfloat16>) {
    if (a.group == 1) return start<kLanes, 1>(a, stream);
    if (a.group == 2) return start<kLanes, 2>(a, stream);
    if (a.group <= 4) return start<kLanes, 4>(a, stream);
  }
  return start<kLanes, kMaxGroup>(a, stream);
}

}  // namespace

template <typename T>
bool launch_decode_attention(const DecodeAttentionArguments<T>& a, cudaStream_t stream) {
  constexpr int kMaxHeadDim = 128;
  if (!allows_packs<T>({a.q, a.keys, a.values}, {a.head_dim})) return false;
  if (a.group < 1 || a.group > kMaxGroup || a.head_dim > kMaxHeadDim) return false;
  const int lanes = a.head_dim / kPackWidth<T>;
  if (lanes <= 4) return start<4, kMaxGroup>(a, stream);
  if (lanes <= 8) return start_for_group<8>(a, stream);
  if constexpr (kMaxHeadDim / kPackWidth < T >> 16) {
    if (lanes > 16) return start<32, kMaxGroup>(a, stream);
  }
  return start_for_group<16>(a, stream);
}

template bool launch_decode_attention(const DecodeAttentionArguments<float>&, cudaStream_t);
template bool launch_decode_attention(const DecodeAttentionArguments<__nv_bfloat16>&, cudaStream_t);

}  // namespace mono::kernels
