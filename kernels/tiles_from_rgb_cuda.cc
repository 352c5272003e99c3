#include <ATen/ATen.h>
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGuard.h>
#include <torch/library.h>

#include <limits>

#include "kernels/cuda/float_type.h"
#include "kernels/tiles_from_rgb_launch.h"

namespace mono::kernels {
namespace {

ResizeAxisArguments axis_of(const at::Tensor& first, const at::Tensor& count,
                            const at::Tensor& weights) {
  return {.first = data_of<int32_t>(first),
          .count = data_of<int32_t>(count),
          .weights = data_of<int32_t>(weights),
          .out_size = static_cast<int>(first.size(0))};
}

void tiles_from_rgb_cuda(const at::Tensor& source, const at::Tensor& x_first,
                         const at::Tensor& x_count, const at::Tensor& x_weights,
                         const at::Tensor& y_first, const at::Tensor& y_count,
                         const at::Tensor& y_weights, int64_t tile_size, int64_t patch_size,
                         const at::Tensor& table, const at::Tensor& scratch,
                         const at::Tensor& out) {
  TORCH_CHECK(source.numel() <= std::numeric_limits<int32_t>::max(),
              "tiles_from_rgb: at most 2^31 - 1 bytes, got ", source.sizes());
  const c10::cuda::CUDAGuard device_guard(source.device());
  with_float_type("tiles_from_rgb", table.scalar_type(), [&](auto type) {
    using T = decltype(type)::type;
    launch_tiles_from_rgb(
        TilesFromRgbArguments<T>{.source = data_of<uint8_t>(source),
                                 .horizontal = axis_of(x_first, x_count, x_weights),
                                 .vertical = axis_of(y_first, y_count, y_weights),
                                 .table = data_of<T>(table),
                                 .scratch = mutable_data_of<uint8_t>(scratch),
                                 .out = mutable_data_of<T>(out),
                                 .height = static_cast<int>(source.size(0)),
                                 .width = static_cast<int>(source.size(1)),
                                 .tile_size = static_cast<int>(tile_size),
                                 .patch_size = static_cast<int>(patch_size),
                                 .out_width = static_cast<int>(out.size(1))},
        at::cuda::getCurrentCUDAStream());
  });
  C10_CUDA_KERNEL_LAUNCH_CHECK();
}

}  // namespace

TORCH_LIBRARY_IMPL(mono, CUDA, m) {
  m.impl("tiles_from_rgb_out", tiles_from_rgb_cuda);
}

}  // namespace mono::kernels
