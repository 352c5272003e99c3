#include <algorithm>

#include "kernels/cuda/few_row_chunks.cuh"
#include "kernels/cuda/gate.cuh"
#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/pack.cuh"
#include "kernels/few_row_linear_launch.h"

namespace mono::kernels {
namespace {

/// The warps' parts of one tile of weight rows by all of x, added up in the warps' order.
template <int kXTiles>
class PartsOfWarps {
 public:
  /// By every thread of the block: the sums that its lane holds.
  /// \param m  rows of x; of one tile no others are written
  __device__ void write(const float (&sums)[kXTiles][4], int m) {
    const int warp = static_cast<int>(threadIdx.x) / kWarpSize;
    const int lane = static_cast<int>(threadIdx.x) % kWarpSize;
#pragma unroll
    for (int i = 0; i < kXTiles * 4; ++i) {
      const int x_row = i / 4 * kXRows + lane % 4 * 2 + i % 2;
      if (kXTiles > 1 || x_row < m)
        parts_[warp][x_row][i % 4 / 2 * kXRows + lane / 4] = sums[i / 4][i % 4];
    }
  }

  __device__ float total(int row_in_tile, int x_row) const {
    float total = parts_[0][x_row][row_in_tile];
#pragma unroll
    for (int warp = 1; warp < kWarps; ++warp) total += parts_[warp][x_row][row_in_tile];
    return total;
  }

 private:
  static constexpr int kSpread = 4;  // so that a warp's lanes write to different banks
  float parts_[kWarps][kXTiles * kXRows][kWeightRows + kSpread];
};

// The outputs of one tile, by the whole block.
template <bool kIsGated, typename Parts>
__device__ void write_outputs(const FewRowLinearArguments& a, const Parts& parts, int tile) {
  using T = __nv_bfloat16;
  constexpr int kColumns = kIsGated ? kXRows : kWeightRows;  // of y, of a tile
#pragma unroll 1
  for (int i = static_cast<int>(threadIdx.x); i < kColumns * a.m; i += kThreads) {
    const int place = i % kColumns;
    const int x_row = i / kColumns;
    const int y_column = tile * kColumns + place;
    if (y_column >= a.n) continue;
    float value = parts.total(place, x_row);
    if constexpr (kIsGated) {
      value =
          gated<T>(rounded<T>(value), rounded<T>(parts.total(place + kXRows, x_row)), a.is_fast);
    } else if (a.bias != nullptr) {
      value += static_cast<float>(a.bias[y_column]);
    }
    a.y[x_row * a.y_distance + y_column] = static_cast<T>(value);
  }
}

// One block kWeightTiles tiles of weight rows, all of x. kAhead chunks are under way at a time; the
// first of a weight that is settled, while earlier kernels still run.
//
// Where every warp is known to have kTurns * kAhead chunks, x is staged and no loop is left. From
// global memory the compiler reads x a chunk or two at a time, between products, and each such read
// takes as long as the second level cache does.
// \tparam kTurns  0: not known
template <int kXTiles, int kWeightTiles, int kAhead, int kTurns, bool kIsGated>
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
  float sums[kWeightTiles][kXTiles][4] = {};
  uint4 weight[kAhead][2 * kWeightTiles];
  uint4 x[kAhead][kXTiles];
  const auto multiply = [&](int u) {
#pragma unroll
    for (int i = 0; i < kWeightTiles * kXTiles; ++i) {
      const int w = i / kXTiles;
      multiply_chunk(weight[u][2 * w], weight[u][2 * w + 1], x[u][i % kXTiles],
                     sums[w][i % kXTiles]);
    }
  };
  ChunkRange range = chunks_of_warp(a.k, warp);
  if constexpr (kTurns > 0) range.end = range.begin + kTurns * kAhead;
  if (!a.has_settled_weight) wait_for_earlier_kernels();
  load_chunks(weight_rows, range.begin, range.end, weight);
  if (a.has_settled_weight) wait_for_earlier_kernels();
  if constexpr (kTurns > 0) {
    __shared__ StagedX<kTurns * kAhead * kWarps * kChunk> staged;
    staged.load(a);
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kTurns * kAhead; ++i) {
      x[i % kAhead][0] = staged.chunk(range.begin + i, a.m);
      multiply(i % kAhead);
      load_chunk(weight_rows, range.begin + i + kAhead, range.end, weight[i % kAhead]);
    }
  } else {
    const __nv_bfloat16* x_rows[kXTiles];
#pragma unroll
    for (int tile = 0; tile < kXTiles; ++tile) {
      const int row = tile * kXRows + row_in_tile;
      x_rows[tile] = row < a.m ? a.x + row * a.x_distance + column : nullptr;
    }
    for (int base = range.begin; base < range.end; base += kAhead) {
      load_chunks(x_rows, base, range.end, x);
#pragma unroll
      for (int u = 0; u < kAhead; ++u) multiply(u);
      load_chunks(weight_rows, base + kAhead, range.end, weight);
    }
  }

  __shared__ PartsOfWarps<kXTiles> parts;
#pragma unroll
  for (int w = 0; w < kWeightTiles; ++w) {
    if (w > 0) __syncthreads();  // the tile before is still read
    parts.write(sums[w], a.m);
    __syncthreads();
    write_outputs<kIsGated>(a, parts, first_tile + w);
  }
}

template <int kXTiles, int kWeightTiles, int kAhead, int kTurns = 0>
void start(const FewRowLinearArguments& a, cudaStream_t stream) {
  const auto kernel = a.is_gated ? few_row_kernel<kXTiles, kWeightTiles, kAhead, kTurns, true>
                                 : few_row_kernel<kXTiles, kWeightTiles, kAhead, kTurns, false>;
  const int64_t columns = int64_t{kWeightTiles} * (a.is_gated ? kXRows : kWeightRows);
  start_early(kernel, dim3(ceil_div(a.n, columns)), kThreads, stream, a);
}

void start_for_few(const FewRowLinearArguments& a, cudaStream_t stream) {
  constexpr int kAhead = 8;
  constexpr int kTurn = kWarps * kAhead * kChunk;  // of k
  if (StagedX<kTurn>::holds(a.m, a.k)) return start<1, 1, kAhead, 1>(a, stream);
  if (StagedX<4 * kTurn>::holds(a.m, a.k)) return start<1, 1, kAhead, 4>(a, stream);
  start<1, 1, kAhead>(a, stream);
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
    start_for_few(a, stream);
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
