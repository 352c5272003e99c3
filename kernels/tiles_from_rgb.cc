#include "kernels/tiles_from_rgb.h"

#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/library.h>

#include "kernels/checks.h"

namespace mono::kernels {
namespace {

constexpr const char* kOp = "tiles_from_rgb";
constexpr int64_t kPrecisionBits = 22;

void tiles_from_rgb_op(const at::Tensor& source, const at::Tensor& x_first,
                       const at::Tensor& x_count, const at::Tensor& x_weights,
                       const at::Tensor& y_first, const at::Tensor& y_count,
                       const at::Tensor& y_weights, int64_t tile_size, int64_t patch_size,
                       const at::Tensor& table, const at::Tensor& scratch, const at::Tensor& out) {
  static const auto op = c10::Dispatcher::singleton()
                             .findSchemaOrThrow("mono::tiles_from_rgb_out", "")
                             .typed<decltype(tiles_from_rgb_op)>();
  op.call(source, x_first, x_count, x_weights, y_first, y_count, y_weights, tile_size, patch_size,
          table, scratch, out);
}

// \returns the number of tiles along the axis.
int64_t check_axis(const char* name, const ResizeAxis& axis, int64_t tile_size,
                   const at::Tensor& source) {
  const int64_t size = axis.first.defined() ? axis.first.numel() : 0;
  TORCH_CHECK(size > 0 && size % tile_size == 0, kOp, ": the ", name,
              " axis must give a multiple of ", tile_size, " pixels, got ", size);
  check_map(kOp, name, axis.first, size, source);
  check_map(kOp, name, axis.count, size, source);
  TORCH_CHECK(axis.weights.dim() == 2 && axis.weights.size(1) == size, kOp, ": the ", name,
              " weights must be [max_count, ", size, "], got ", axis.weights.sizes());
  check_map(kOp, name, axis.weights.flatten(), axis.weights.numel(), source);
  return size / tile_size;
}

void check_table(const at::Tensor& table, const at::Tensor& source, const at::Tensor& out) {
  TORCH_CHECK(table.is_floating_point() && table.device() == source.device(), kOp,
              ": table must be a float tensor on ", source.device(), ", got ", table.scalar_type(),
              " on ", table.device());
  check_dense(kOp, "table", table, {3, 256}, table);
  check_like(kOp, "out", out, table);
}

}  // namespace

ResizeAxis resize_axis(std::span<const int32_t> first, std::span<const int32_t> count,
                       std::span<const int32_t> weights, at::Device device) {
  TORCH_CHECK(!first.empty() && count.size() == first.size() && !weights.empty() &&
                  weights.size() % first.size() == 0,
              "resize_axis: ", first.size(), " first pixels, ", count.size(), " counts and ",
              weights.size(), " weights");
  const auto copied = [&](std::span<const int32_t> values) {
    return at::tensor(at::ArrayRef<int32_t>(values.data(), values.size()), at::kInt).to(device);
  };
  const auto size = static_cast<int64_t>(first.size());
  return {copied(first), copied(count), copied(weights).view({-1, size})};
}

void tiles_from_rgb_out(const at::Tensor& source, const ResizeAxis& horizontal,
                        const ResizeAxis& vertical, int64_t tile_size, int64_t patch_size,
                        const at::Tensor& table, const at::Tensor& scratch, const at::Tensor& out) {
  TORCH_CHECK(source.dim() == 3 && source.size(2) == 3 && source.scalar_type() == at::kByte &&
                  source.is_contiguous() && source.numel() > 0,
              kOp, ": source must be a dense uint8 [height, width, 3], got ", source.scalar_type(),
              " ", source.sizes());
  TORCH_CHECK(patch_size > 0 && tile_size > 0 && tile_size % patch_size == 0, kOp, ": patches of ",
              patch_size, " do not fill tiles of ", tile_size);
  const int64_t columns = check_axis("horizontal", horizontal, tile_size, source);
  const int64_t rows = check_axis("vertical", vertical, tile_size, source);
  check_table(table, source, out);
  const int64_t grid = tile_size / patch_size;
  const int64_t patch_width = 3 * patch_size * patch_size;
  TORCH_CHECK(out.dim() == 2 && out.size(0) == rows * columns * grid * grid &&
                  out.size(1) >= patch_width && out.is_contiguous(),
              kOp, ": out must be a dense [", rows * columns * grid * grid, ", at least ",
              patch_width, "], got ", out.sizes());
  const int64_t needed = source.size(0) * columns * tile_size * 3;
  TORCH_CHECK(scratch.scalar_type() == at::kByte && scratch.is_contiguous() &&
                  scratch.numel() >= needed && scratch.device() == source.device(),
              kOp, ": scratch must be at least ", needed, " dense bytes on ", source.device(),
              ", got ", scratch.scalar_type(), " ", scratch.sizes());
  tiles_from_rgb_op(source, horizontal.first, horizontal.count, horizontal.weights, vertical.first,
                    vertical.count, vertical.weights, tile_size, patch_size, table, scratch, out);
}

namespace {

// One pass along `dim` of uint8 [height, width, 3].
at::Tensor resized(const at::Tensor& pixels, int64_t dim, const at::Tensor& first,
                   const at::Tensor& count, const at::Tensor& weights) {
  std::vector<int64_t> along(3, 1);
  along[static_cast<size_t>(dim)] = first.size(0);
  auto shape = pixels.sizes().vec();
  shape[static_cast<size_t>(dim)] = first.size(0);
  auto sum = at::full(shape, int64_t{1} << (kPrecisionBits - 1), pixels.options().dtype(at::kInt));
  for (int64_t k = 0; k < weights.size(0); ++k) {
    const auto index = at::add(first, k).clamp_max_(pixels.size(dim) - 1);
    const auto weight = weights[k] * count.gt(k);  // [out_size]
    sum.addcmul_(pixels.index_select(dim, index).to(at::kInt), weight.view(along));
  }
  return sum.bitwise_right_shift_(kPrecisionBits).clamp_(0, 255).to(at::kByte);
}

void tiles_from_rgb_fallback(const at::Tensor& source, const at::Tensor& x_first,
                             const at::Tensor& x_count, const at::Tensor& x_weights,
                             const at::Tensor& y_first, const at::Tensor& y_count,
                             const at::Tensor& y_weights, int64_t tile_size, int64_t patch_size,
                             const at::Tensor& table, const at::Tensor& /*scratch*/,
                             const at::Tensor& out) {
  const auto wide = resized(source, 1, x_first, x_count, x_weights);
  const auto pixels = resized(wide, 0, y_first, y_count, y_weights);
  const int64_t rows = pixels.size(0) / tile_size;
  const int64_t columns = pixels.size(1) / tile_size;
  const int64_t grid = tile_size / patch_size;
  const auto channel = at::arange(3, pixels.options().dtype(at::kLong));
  const auto values = table.index({channel, pixels.to(at::kLong)});  // [height, width, 3]
  const auto patches = values.view({rows, grid, patch_size, columns, grid, patch_size, 3})
                           .permute({0, 3, 1, 4, 6, 2, 5})  // [row, column, r, c, channel, dy, dx]
                           .reshape({rows * columns * grid * grid, 3 * patch_size * patch_size});
  out.narrow(1, 0, patches.size(1)).copy_(patches);
  out.narrow(1, patches.size(1), out.size(1) - patches.size(1)).zero_();
}

}  // namespace

TORCH_LIBRARY_FRAGMENT(mono, m) {
  m.def(
      "tiles_from_rgb_out(Tensor source, Tensor x_first, Tensor x_count, Tensor x_weights, "
      "Tensor y_first, Tensor y_count, Tensor y_weights, int tile_size, int patch_size, "
      "Tensor table, Tensor(a!) scratch, Tensor(b!) out) -> ()");
}

TORCH_LIBRARY_IMPL(mono, CompositeExplicitAutograd, m) {
  m.impl("tiles_from_rgb_out", tiles_from_rgb_fallback);
}

}  // namespace mono::kernels
