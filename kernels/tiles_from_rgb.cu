#include <algorithm>

#include "kernels/cuda/launch.cuh"
#include "kernels/cuda/pack.cuh"
#include "kernels/tiles_from_rgb_launch.h"

namespace mono::kernels {
namespace {

constexpr int kChannels = 3;
constexpr int kPrecisionBits = 22;
constexpr int kHalf = 1 << (kPrecisionBits - 1);
constexpr int kRowThreads = 128;
constexpr int kRowsPerThread = 4;  // each weight is read once for so many rows
constexpr int kMaxPatchThreads = 256;

__device__ uint8_t to_byte(int sum) {
  const int value = sum >> kPrecisionBits;
  return static_cast<uint8_t>(value < 0 ? 0 : (value > 255 ? 255 : value));
}

// A thread makes one column of kRowsPerThread rows.
__global__ void __launch_bounds__(kRowThreads)
    horizontal_kernel(const uint8_t* __restrict__ source, const ResizeAxisArguments axis,
                      int height, int width, uint8_t* __restrict__ out) {
  const int x = static_cast<int>(blockIdx.y) * kRowThreads + static_cast<int>(threadIdx.x);
  const int first_row = static_cast<int>(blockIdx.x) * kRowsPerThread;
  if (x >= axis.out_size) return;
  const int num_rows = height - first_row;

  int sum[kRowsPerThread][kChannels];
#pragma unroll
  for (auto& of_row : sum) {
#pragma unroll
    for (int& of_channel : of_row) of_channel = kHalf;
  }
  const int64_t row_bytes = int64_t{width} * kChannels;
  const uint8_t* const from = source + first_row * row_bytes + axis.first[x] * kChannels;
  const int count = axis.count[x];
  for (int k = 0; k < count; ++k) {
    const int weight = axis.weights[static_cast<int64_t>(k) * axis.out_size + x];
#pragma unroll
    for (int row = 0; row < kRowsPerThread; ++row) {
      if (row >= num_rows) break;
#pragma unroll
      for (int channel = 0; channel < kChannels; ++channel) {
        sum[row][channel] += weight * from[row * row_bytes + k * kChannels + channel];
      }
    }
  }
#pragma unroll
  for (int row = 0; row < kRowsPerThread; ++row) {
    if (row >= num_rows) break;
    uint8_t* const to = out + ((first_row + row) * int64_t{axis.out_size} + x) * kChannels;
#pragma unroll
    for (int channel = 0; channel < kChannels; ++channel) to[channel] = to_byte(sum[row][channel]);
  }
}

// Block (patch): the vertical pass, the table, and the row of the patch; a thread makes one pixel.
template <typename T>
__global__ void __launch_bounds__(kMaxPatchThreads) patch_kernel(const TilesFromRgbArguments<T> a) {
  const int grid = a.tile_size / a.patch_size;
  const int columns = a.horizontal.out_size / a.tile_size;
  const int patch = static_cast<int>(blockIdx.x);
  const int tile = patch / (grid * grid);
  const int top = tile / columns * a.tile_size + patch / grid % grid * a.patch_size;
  const int left = tile % columns * a.tile_size + patch % grid * a.patch_size;
  const int area = a.patch_size * a.patch_size;
  const int64_t row_bytes = int64_t{a.horizontal.out_size} * kChannels;
  T* const out = a.out + int64_t{patch} * a.out_width;

  for (int pixel = static_cast<int>(threadIdx.x); pixel < area;
       pixel += static_cast<int>(blockDim.x)) {
    const int y = top + pixel / a.patch_size;
    const int x = left + pixel % a.patch_size;
    const uint8_t* const from = a.scratch + a.vertical.first[y] * row_bytes + x * kChannels;
    const int count = a.vertical.count[y];
    int sum[kChannels] = {kHalf, kHalf, kHalf};
    for (int k = 0; k < count; ++k) {
      const int weight = a.vertical.weights[static_cast<int64_t>(k) * a.vertical.out_size + y];
#pragma unroll
      for (int channel = 0; channel < kChannels; ++channel) {
        sum[channel] += weight * from[k * row_bytes + channel];
      }
    }
#pragma unroll
    for (int channel = 0; channel < kChannels; ++channel) {
      out[channel * area + pixel] = a.table[channel * 256 + to_byte(sum[channel])];
    }
  }
  for (int i = kChannels * area + static_cast<int>(threadIdx.x); i < a.out_width;
       i += static_cast<int>(blockDim.x)) {
    out[i] = static_cast<T>(0.0F);
  }
}

}  // namespace

template <typename T>
void launch_tiles_from_rgb(const TilesFromRgbArguments<T>& a, cudaStream_t stream) {
  start_kernel(
      horizontal_kernel,
      dim3(ceil_div(a.height, kRowsPerThread), ceil_div(a.horizontal.out_size, kRowThreads)),
      kRowThreads, stream, a.source, a.horizontal, a.height, a.width, a.scratch);
  const int patches = a.horizontal.out_size / a.patch_size * (a.vertical.out_size / a.patch_size);
  const unsigned threads = ceil_div(int64_t{a.patch_size} * a.patch_size, kWarpSize) * kWarpSize;
  start_kernel(patch_kernel<T>, dim3(static_cast<unsigned>(patches)),
               std::min<unsigned>(threads, kMaxPatchThreads), stream, a);
}

template void launch_tiles_from_rgb(const TilesFromRgbArguments<float>&, cudaStream_t);
template void launch_tiles_from_rgb(const TilesFromRgbArguments<__nv_bfloat16>&, cudaStream_t);

}  // namespace mono::kernels
