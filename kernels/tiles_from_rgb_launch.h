#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

namespace mono::kernels {

/// One axis of ResizeAxis.
struct ResizeAxisArguments {
  const int32_t* first = nullptr;    // [out_size]
  const int32_t* count = nullptr;    // [out_size]
  const int32_t* weights = nullptr;  // [max_count, out_size]
  int out_size = 0;
};

/// See tiles_from_rgb.h. T is float or __nv_bfloat16; everything dense.
template <typename T>
struct TilesFromRgbArguments {
  const uint8_t* source = nullptr;  // [height, width, 3]
  ResizeAxisArguments horizontal{};
  ResizeAxisArguments vertical{};
  const T* table = nullptr;    // [3, 256]
  uint8_t* scratch = nullptr;  // [height, horizontal.out_size, 3]
  T* out = nullptr;            // [num_patches, out_width]
  int height = 0;
  int width = 0;
  int tile_size = 0;
  int patch_size = 0;
  int out_width = 0;
};

/// Starts both passes on `stream`; the caller reads cudaGetLastError().
template <typename T>
void launch_tiles_from_rgb(const TilesFromRgbArguments<T>& arguments, cudaStream_t stream);

}  // namespace mono::kernels
