#include "kernels/pixel_shuffle.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include <cmath>

namespace mono::kernels {
namespace {

int64_t grid_of(int64_t num_patches) {
  return std::llround(std::sqrt(static_cast<double>(num_patches)));
}

}  // namespace

at::Tensor pixel_shuffle(const at::Tensor& x, int64_t factor, bool transposes) {
  TORCH_CHECK(x.dim() == 3, "pixel_shuffle: x must be [num_tiles, num_patches, channels], got ",
              x.sizes());
  const int64_t grid = grid_of(x.size(1));
  TORCH_CHECK(grid * grid == x.size(1), "pixel_shuffle: ", x.size(1), " patches form no square");
  TORCH_CHECK(factor > 0 && grid % factor == 0, "pixel_shuffle: factor ", factor,
              " does not divide a grid of ", grid);

  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::pixel_shuffle", "")
                             .typed<decltype(pixel_shuffle)>();
  return op.call(x, factor, transposes);
}

namespace {

at::Tensor pixel_shuffle_fallback(const at::Tensor& x, int64_t factor, bool transposes) {
  const int64_t num_tiles = x.size(0);
  const int64_t channels = x.size(2);
  const int64_t side = grid_of(x.size(1)) / factor;
  const auto squares = x.reshape({num_tiles, side, factor, side, factor, channels});
  const auto tokens = transposes ? squares.permute({0, 3, 1, 2, 4, 5})   // [t, c, r, dy, dx, ch]
                                 : squares.permute({0, 1, 3, 2, 4, 5});  // [t, r, c, dy, dx, ch]
  return tokens.reshape({num_tiles, side * side, factor * factor * channels});
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def("pixel_shuffle(Tensor x, int factor, bool transposes) -> Tensor");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("pixel_shuffle", pixel_shuffle_fallback);
}

}  // namespace mono::kernels
