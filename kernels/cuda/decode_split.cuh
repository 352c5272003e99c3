#pragma once

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/prefetch.cuh"
#include "kernels/cuda/rotary_heads.cuh"

/// What one block of decode_attention.cu does with its split of a row's keys and values.
namespace mono::kernels {

inline constexpr int kKeys = 128;  // of a split; kKeysPerSplit of decode_attention.h
inline constexpr int kThreads = 256;
inline constexpr int kWarps = kThreads / kWarpSize;
inline constexpr int kMaxGroup = 8;
static_assert(kMaxGroup <= kWarps, "each query head of a group has a warp for its softmax");

/// The keys or values of one split of one row's kv head. A team of kLanes threads holds every
/// kTeams-th of them, 16 bytes a lane, all under way at once.
template <typename T, int kLanes>
class SplitPacks {
 public:
  static constexpr int kWidth = kPackWidth<T>;
  static constexpr int kTeams = kThreads / kLanes;
  static constexpr int kPerThread = kKeys / kTeams;

  /// Starts loading the keys [begin, end) of the split; the others keep what they held.
  /// \param first  this lane's part of the split's first key
  __device__ void load(const T* first, int64_t distance, int begin, int end) {
#pragma unroll
    for (int u = 0; u < kPerThread; ++u) {
      const int key = key_of(u);
      if (key >= begin && key < end) {
        raw_[u] = *reinterpret_cast<const uint4*>(first + key * distance);
      }
    }
  }

  __device__ static bool holds(int key) {
    return key % kTeams == team();
  }

  /// Puts a key that this thread's team holds in its place.
  __device__ void set(int key, const uint4& pack) {
#pragma unroll
    for (int u = 0; u < kPerThread; ++u) {
      if (key_of(u) == key) raw_[u] = pack;
    }
  }

  /// Calls use(key, values) for every key of this thread's team, in order, those behind the split's
  /// last one included; what was not loaded is zero.
  template <typename Use>
  __device__ void for_each(const Use& use) const {
#pragma unroll
    for (int u = 0; u < kPerThread; ++u) {
      float values[kWidth];
      unpack<T>(raw_[u], values);
      use(key_of(u), values);
    }
  }

 private:
  __device__ static int team() {
    return static_cast<int>(threadIdx.x) / kLanes;
  }
  __device__ static int key_of(int u) {
    return team() + u * kTeams;
  }

  uint4 raw_[kPerThread] = {};
};

/// This lane's parts of a row's projections, rotated.
template <typename T>
struct NewestToken {
  static constexpr int kWidth = kPackWidth<T>;

  const RotaryAppendArguments<T>& a;
  int64_t row = 0;
  int kv_head = 0;
  int column = 0;

  /// Asks for the cosines and sines of the row's angle.
  __device__ void ask_for_turn() const {
    const int half = a.head_dim / 2;
    const int64_t at = static_cast<int64_t>(a.angle[row]) * half + column % half;
    ask_for(a.cos + at);
    ask_for(a.sin + at);
  }

  __device__ void query(int g, float (&q)[kWidth]) const {
    rotate(find_head(a, row, kv_head * a.group + g), q);
#pragma unroll
    for (float& value : q) value = rounded<T>(value);
  }

  /// Both also append to the cache.
  __device__ uint4 key() const {
    const Head<T> head = find_head(a, row, a.num_kv_heads * a.group + kv_head);
    float k[kWidth];
    rotate(head, k);
    return stored(k, head.to);
  }
  __device__ uint4 value() const {
    const Head<T> head = find_head(a, row, a.num_kv_heads * (a.group + 1) + kv_head);
    float v[kWidth];
    load_biased(head, column, a.is_fast, v);
    return stored(v, head.to);
  }

 private:
  __device__ void rotate(const Head<T>& head, float (&x)[kWidth]) const {
    const int half = a.head_dim / 2;
    const int64_t angle = static_cast<int64_t>(a.angle[row]) * half;
    load_rotated(head, column, half, a.cos + angle, a.sin + angle, a.is_fast, x);
  }

  __device__ uint4 stored(const float (&x)[kWidth], T* to) const {
    store_pack(to + column, x);
    return *reinterpret_cast<const uint4*>(to + column);
  }
};

// Turns the scores of one head into exp(score - largest), by one warp.
__device__ inline void soften(float* scores, int count, float* scale) {
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

// Adds up the weighted values of each head over all teams: within the warp, then over warps in
// order. [group, head_dim] at a distance of `out_distance` between heads.
template <int kLanes, int kGroup, int kWidth>
__device__ void write_sums(float (&sum)[kGroup][kWidth], int group, int head_dim, float* out,
                           int64_t out_distance) {
  __shared__ float parts[kGroup][kWarps][kLanes * kWidth];
  const int lane = static_cast<int>(threadIdx.x) % kWarpSize;
#pragma unroll
  for (int g = 0; g < kGroup; ++g) {
#pragma unroll
    for (int i = 0; i < kWidth; ++i) {
      for (int distance = kWarpSize / 2; distance >= kLanes; distance /= 2) {
        sum[g][i] += __shfl_xor_sync(kWholeWarp, sum[g][i], distance);
      }
      if (lane < kLanes) parts[g][threadIdx.x / kWarpSize][lane * kWidth + i] = sum[g][i];
    }
  }
  __syncthreads();
  for (int i = static_cast<int>(threadIdx.x); i < group * head_dim; i += kThreads) {
    const int g = i / head_dim;
    const int d = i % head_dim;
    float total = 0;
#pragma unroll
    for (int warp = 0; warp < kWarps; ++warp) total += parts[g][warp][d];
    out[g * out_distance + d] = total;
  }
}

}  // namespace mono::kernels
