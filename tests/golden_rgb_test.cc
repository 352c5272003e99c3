// tiles_from_rgb on the golden pictures, which pack_rgb_pictures decoded: bit for bit the
// reference's pixel_values, by their digests, or those of the model's own image code where the
// reference wrote none. Needs neither OpenCV nor OpenSSL.

#include <ATen/ATen.h>
#include <ATen/Context.h>

#include <span>
#include <utility>
#include <vector>

#include "kernels/tiles_from_rgb.h"
#include "model/image/normalise.h"
#include "model/image/resize_table.h"
#include "model/image/tiles.h"
#include "model/sha256.h"
#include "tests/golden_files.h"
#include "tests/golden_rows.h"
#include "tests/rgb_pictures.h"

namespace mono::tests {
namespace {

using nlohmann::json;

constexpr int64_t kPatch = 14;

kernels::ResizeAxis axis(int in_size, int out_size, at::Device device) {
  const auto table = model::resize_table(in_size, out_size);
  return kernels::resize_axis(table.first, table.count, table.weights, device);
}

/// [columns * rows, 3, tile_size, tile_size] of a picture that is resized to so many tiles.
at::Tensor tiles_of(const model::RgbImage& image, int columns, int rows, int tile_size,
                    at::TensorOptions options) {
  const auto device = options.device();
  const int64_t grid = tile_size / kPatch;
  const auto source = at::tensor(at::ArrayRef<uint8_t>(image.pixels), at::kByte)
                          .view({image.height, image.width, 3})
                          .to(device);
  const auto& values = model::normalise_table();
  const auto table =
      at::tensor(at::ArrayRef<float>(values[0].data(), 3 * 256)).view({3, 256}).to(options);
  const auto scratch =
      at::empty({int64_t{image.height} * columns * tile_size * 3}, options.dtype(at::kByte));
  const auto patches = at::empty({rows * columns * grid * grid, 3 * kPatch * kPatch}, options);
  kernels::tiles_from_rgb_out(source, axis(image.width, columns * tile_size, device),
                              axis(image.height, rows * tile_size, device), tile_size, kPatch,
                              table, scratch, patches);
  return patches.view({rows * columns, grid, grid, 3, kPatch, kPatch})
      .permute({0, 3, 1, 4, 2, 5})  // [tile, channel, r, dy, c, dx]
      .reshape({rows * columns, 3, tile_size, tile_size});
}

at::Tensor pixel_values_of(const model::RgbImage& image, const model::TilePlan& plan,
                           at::TensorOptions options) {
  auto tiles = tiles_of(image, plan.columns, plan.rows, plan.tile_size, options);
  if (!plan.has_thumbnail) return tiles.cpu();
  return at::cat({tiles, tiles_of(image, 1, 1, plan.tile_size, options)}).cpu();
}

at::Tensor own_pixel_values(const model::RgbImage& image, const model::TilePlan& plan) {
  const auto tiles = model::cut_tiles(image, plan);
  std::vector<float> values(tiles.size());
  model::normalise(tiles, plan.tile_size, std::span<float>(values));
  return at::tensor(at::ArrayRef<float>(values))
      .view({plan.num_tiles(), 3, plan.tile_size, plan.tile_size});
}

std::string sha256_of(const at::Tensor& values) {
  return model::plain_sha256(
      std::span(static_cast<const uint8_t*>(values.const_data_ptr()), values.nbytes()));
}

void check_picture(const std::filesystem::path& folder, const json& row) {
  const at::Device device(golden_device_name());
  if (device.is_cuda() && !at::hasCUDA()) GTEST_SKIP() << "no CUDA device";
  const auto image = read_ppm(folder / row.at("file").get<std::string>());
  const auto plan =
      model::plan_tiles(image.width, image.height,
                        {.max_tiles = row.at("max_num"), .use_thumbnail = row.at("use_thumbnail")});
  for (const auto& [dtype, digest] :
       {std::pair{at::kFloat, "f32_sha256"}, {at::kBFloat16, "bf16_sha256"}}) {
    const auto values = pixel_values_of(image, plan, at::TensorOptions(device).dtype(dtype));
    if (row.contains(digest)) {
      EXPECT_EQ(sha256_of(values), row.at(digest).get<std::string>()) << dtype;
    } else {
      EXPECT_TRUE(at::equal(values, own_pixel_values(image, plan).to(dtype))) << dtype;
    }
  }
}

int add_cases(const std::filesystem::path& folder) {
  const auto rows = golden_rows(folder / kRgbPictures);
  for (size_t i = 0; i < rows.size(); ++i) {
    register_golden_case("golden_rgb",
                         std::to_string(i + 1) + " " + rows[i].fields.at("from").get<std::string>(),
                         [folder, row = rows[i].fields] { check_picture(folder, row); });
  }
  return static_cast<int>(rows.size());
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden(argc, argv, "rgb", mono::tests::add_cases);
}
