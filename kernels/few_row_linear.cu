#include <algorithm>

#include "kernels/cuda/gate.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/mma.cuh"
#include "kernels/cuda/pack.cuh"
#include "kernels/few_row_linear_launch.h"

namespace mono::kernels {
namespace {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / kWarpSize;  // each takes its part of k
constexpr int kWeightRows = 16;               // of a tile
constexpr int kXRows = 8;
constexpr int kChunk = 32;  // of k: 16 bytes a lane, two products

/// The part of k that a warp sums, in chunks. It depends on k alone, and so does a result's order
/// of additions.
struct ChunkRange {
  int begin = 0;
  int end = 0;
};

__device__ ChunkRange chunks_of_warp(int k, int warp) {
  const int num_chunks = k / kChunk;
  const int share = (num_chunks + kWarps - 1) / kWarps;
  const int begin = warp * share;
  const int end = begin + share < num_chunks ? begin + share : num_chunks;
  return {begin, end};
}

// A lane's eight neighbours along k feed both products of a chunk: x and weight are permuted along
// k alike, which a sum over k does not see.
__device__ void multiply_chunk(const uint4& upper, const uint4& lower, const uint4& x,
                               float (&sums)[4]) {
  const uint32_t first_a[4] = {upper.x, lower.x, upper.y, lower.y};
  const uint32_t first_b[2] = {x.x, x.y};
  multiply_accumulate(first_a, first_b, sums);
  const uint32_t second_a[4] = {upper.z, lower.z, upper.w, lower.w};
  const uint32_t second_b[2] = {x.z, x.w};
  multiply_accumulate(second_a, second_b, sums);
}

// Reads chunks [base, base + kAhead) of kCount rows, zeros behind `end` and where a row is null.
template <int kAhead, int kCount>
__device__ void load_chunks(const __nv_bfloat16* const (&rows)[kCount], int base, int end,
                            uint4 (&chunks)[kAhead][kCount]) {
#pragma unroll
  for (int u = 0; u < kAhead; ++u) {
#pragma unroll
    for (int i = 0; i < kCount; ++i) {
      const bool is_there = base + u < end && rows[i] != nullptr;
      chunks[u][i] =
          is_there ? *reinterpret_cast<const uint4*>(rows[i] + (base + u) * kChunk) : uint4{};
    }
  }
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

// One block kWeightTiles tiles of weight rows, all of x. kAhead chunks are under way at a time; the
// first of a weight that is settled, while earlier kernels still run.
template <int kXTiles, int kWeightTiles, int kAhead, bool kIsGated>
__global__ void __launch_bounds__(kThreads) few_row_kernel(const FewRowLinearArguments a) {
  let_next_begin();
  const int warp = static_cast<int>(threadIdx.x) / kWarpSize;
  const int lane = static_cast<int>(threadIdx.x) % kWarpSize;
  const int row_in_tile = lane / 4;
  const int column = lane % 4 * 8;
  const int first_tile = static_cast<int>(blockIdx.x) * kWeightTiles;

  const __nv_bfloat16* weight_rows[2 * kWeightTiles];
#pragma unroll
  for (int i = 0; i < 2 * kWeightTiles; ++i) {
    const int row = weight_row<kIsGated>(first_tile + i / 2, i % 2 * kXRows + row_in_tile, a.n);
    weight_rows[i] = a.weight + row * a.weight_distance + column;
  }
  const __nv_bfloat16* x_rows[kXTiles];
#pragma unroll
  for (int tile = 0; tile < kXTiles; ++tile) {
    const int row = tile * kXRows + row_in_tile;
    x_rows[tile] = row < a.m ? a.x + row * a.x_distance + column : nullptr;
  }

  float sums[kWeightTiles][kXTiles][4] = {};
  const ChunkRange range = chunks_of_warp(a.k, warp);
  uint4 weight[kAhead][2 * kWeightTiles];
  uint4 x[kAhead][kXTiles];
  if (!a.has_settled_weight) wait_for_earlier_kernels();
  load_chunks(weight_rows, range.begin, range.end, weight);
  if (a.has_settled_weight) wait_for_earlier_kernels();
  for (int base = range.begin; base < range.end; base += kAhead) {
    load_chunks(x_rows, base, range.end, x);
#pragma unroll
    for (int u = 0; u < kAhead; ++u) {
#pragma unroll
      for (int i = 0; i < kWeightTiles * kXTiles; ++i) {
        const int w = i / kXTiles;
        multiply_chunk(weight[u][2 * w], weight[u][2 * w + 1], x[u][i % kXTiles],
                       sums[w][i % kXTiles]);
      }
    }
    load_chunks(weight_rows, base + kAhead, range.end, weight);
  }

  // The warps' parts in their order.
  __shared__ float totals[kWeightTiles * kWeightRows][kXTiles * kXRows];
  for (int turn = 0; turn < kWarps; ++turn) {
    if (warp == turn) {
#pragma unroll
      for (int i = 0; i < kWeightTiles * kXTiles * 4; ++i) {
        const int tile = i / 4;
        const int row = tile / kXTiles * kWeightRows + i % 4 / 2 * kXRows + row_in_tile;
        float& total = totals[row][tile % kXTiles * kXRows + lane % 4 * 2 + i % 2];
        const float part = sums[tile / kXTiles][tile % kXTiles][i % 4];
        total = turn == 0 ? part : total + part;
      }
    }
    __syncthreads();
  }
  constexpr int kColumns = kIsGated ? kXRows : kWeightRows;  // of y, of a tile
  for (int i = static_cast<int>(threadIdx.x); i < kWeightTiles * kColumns * a.m; i += kThreads) {
    const int place = i % (kWeightTiles * kColumns);
    const int x_row = i / (kWeightTiles * kColumns);
    const int y_column = first_tile * kColumns + place;
    if (y_column >= a.n) continue;
    const int tile_row = place / kColumns * kWeightRows + place % kColumns;
    float value = totals[tile_row][x_row];
    if constexpr (kIsGated) {
      using T = __nv_bfloat16;
      value = gated<T>(rounded<T>(value), rounded<T>(totals[tile_row + kXRows][x_row]), a.is_fast);
    } else if (a.bias != nullptr) {
      value += static_cast<float>(a.bias[y_column]);
    }
    a.y[x_row * a.y_distance + y_column] = static_cast<__nv_bfloat16>(value);
  }
}

template <int kXTiles, int kWeightTiles, int kAhead>
void start(const FewRowLinearArguments& a, cudaStream_t stream) {
  const auto kernel = a.is_gated ? few_row_kernel<kXTiles, kWeightTiles, kAhead, true>
                                 : few_row_kernel<kXTiles, kWeightTiles, kAhead, false>;
  const int64_t columns = int64_t{kWeightTiles} * (a.is_gated ? kXRows : kWeightRows);
  start_early(kernel, dim3(ceil_div(a.n, columns)), kThreads, stream, a);
}

}  // namespace

bool launch_few_row_linear(const FewRowLinearArguments& a, cudaStream_t stream) {
  constexpr int kManyWeightRows = 8192;  // enough blocks where each takes two tiles
  if (a.k % kChunk != 0 ||
      !allows_packs<__nv_bfloat16>({a.x, a.weight}, {a.x_distance, a.weight_distance})) {
    return false;
  }
  const bool has_many = a.n * (a.is_gated ? 2 : 1) >= kManyWeightRows;
  if (a.m <= kXRows) {
    start<1, 1, 8>(a, stream);
  } else if (a.m <= 2 * kXRows) {
    has_many ? start<2, 2, 4>(a, stream) : start<2, 1, 4>(a, stream);
  } else if (a.m <= 4 * kXRows) {
    has_many ? start<4, 2, 1>(a, stream) : start<4, 1, 4>(a, stream);
  } else {
    has_many ? start<8, 2, 1>(a, stream) : start<8, 1, 2>(a, stream);
  }
  return true;
}

}  // namespace mono::kernels
