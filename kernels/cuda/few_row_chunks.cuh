#pragma once

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/mma.cuh"
#include "kernels/cuda/pack.cuh"
#include "kernels/few_row_linear_launch.h"

/// How few_row_linear.cu cuts its operands: weight rows into tiles, k into chunks, chunks among the
/// warps of a block.
namespace mono::kernels {

inline constexpr int kThreads = 256;
inline constexpr int kWarps = kThreads / kWarpSize;  // each takes its part of k
inline constexpr int kWeightRows = 16;               // of a tile
inline constexpr int kXRows = 8;
inline constexpr int kChunk = 32;  // of k: 16 bytes a lane, two products

/// The part of k that a warp sums, in chunks. It depends on k alone, and so does a result's order
/// of additions.
struct ChunkRange {
  int begin = 0;
  int end = 0;
};

__device__ inline ChunkRange chunks_of_warp(int k, int warp) {
  const int num_chunks = k / kChunk;
  const int share = (num_chunks + kWarps - 1) / kWarps;
  const int begin = warp * share;
  const int end = begin + share < num_chunks ? begin + share : num_chunks;
  return {begin, end};
}

// A lane's eight neighbours along k feed both products of a chunk: x and weight are permuted along
// k alike, which a sum over k does not see.
__device__ inline void multiply_chunk(const uint4& upper, const uint4& lower, const uint4& x,
                                      float (&sums)[4]) {
  const uint32_t first_a[4] = {upper.x, lower.x, upper.y, lower.y};
  const uint32_t first_b[2] = {x.x, x.y};
  multiply_accumulate(first_a, first_b, sums);
  const uint32_t second_a[4] = {upper.z, lower.z, upper.w, lower.w};
  const uint32_t second_b[2] = {x.z, x.w};
  multiply_accumulate(second_a, second_b, sums);
}

// Reads a chunk of kCount rows, zeros behind `end` and where a row is null.
template <int kCount>
__device__ void load_chunk(const __nv_bfloat16* const (&rows)[kCount], int number, int end,
                           uint4 (&chunk)[kCount]) {
#pragma unroll
  for (int i = 0; i < kCount; ++i) {
    const bool is_there = number < end && rows[i] != nullptr;
    chunk[i] = is_there ? *reinterpret_cast<const uint4*>(rows[i] + number * kChunk) : uint4{};
  }
}

// Reads chunks [base, base + kAhead).
template <int kAhead, int kCount>
__device__ void load_chunks(const __nv_bfloat16* const (&rows)[kCount], int base, int end,
                            uint4 (&chunks)[kAhead][kCount]) {
#pragma unroll
  for (int u = 0; u < kAhead; ++u) load_chunk(rows, base + u, end, chunks[u]);
}

/// The weight row at a place of a block's tiles. In a gated product the lower half of each tile is
/// the upper's columns in the second half of the weight.
template <bool kIsGated>
__device__ int weight_row(int tile, int row_in_tile, int n) {
  if constexpr (kIsGated) {
    const int row = tile * kXRows + row_in_tile % kXRows;
    return (row < n ? row : n - 1) + row_in_tile / kXRows * n;
  }
  const int row = tile * kWeightRows + row_in_tile;
  return row < n ? row : n - 1;
}

/// All rows of x where k is known, read once by the whole block: rows lie so far apart that those
/// of a chunk are in different banks.
template <int kK>
class StagedX {
 public:
  /// Whether x fits.
  static bool holds(int m, int k) { return k == kK && m * kRowPacks <= kMostPacks; }

  /// By every thread; before a barrier.
  __device__ void load(const FewRowLinearArguments& a) {
    constexpr int kPacks = kK / kPackWidth<__nv_bfloat16>;
#pragma unroll 4
    for (int i = static_cast<int>(threadIdx.x); i < a.m * kPacks; i += kThreads) {
      const __nv_bfloat16* const row = a.x + i / kPacks * a.x_distance;
      packs_[i / kPacks * kRowPacks + i % kPacks] = reinterpret_cast<const uint4*>(row)[i % kPacks];
    }
  }

  /// This lane's part of a chunk; zeros for a row behind m.
  __device__ uint4 chunk(int number, int m) const {
    const int lane = static_cast<int>(threadIdx.x) % kWarpSize;
    const int row = lane / kChunkPacks;
    return row < m ? packs_[row * kRowPacks + number * kChunkPacks + lane % kChunkPacks] : uint4{};
  }

 private:
  static constexpr int kChunkPacks = kChunk / kPackWidth<__nv_bfloat16>;
  static constexpr int kRowPacks = kK / kPackWidth<__nv_bfloat16> + kChunkPacks;
  static constexpr int kMostPacks = 1040;  // 17 KB: four rows of 2048, one of 8192
  uint4 packs_[kMostPacks];
};

}  // namespace mono::kernels
