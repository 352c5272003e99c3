#include <c10/util/Exception.h>

#include <cstdlib>
#include <random>
#include <string>

#include "kernels/tiles_from_rgb.h"
#include "model/image/normalise.h"
#include "model/image/resize_table.h"
#include "model/image/tiles.h"
#include "tests/backends.h"
#include "tests/messages.h"

namespace mono::kernels {
namespace {

using tests::expect_says;
using tests::message_of;

constexpr int kPatch = 14;

model::RgbImage random_image(int width, int height, unsigned seed) {
  std::mt19937 random(seed);
  model::RgbImage image{width, height, std::vector<uint8_t>(size_t{3} * width * height)};
  for (uint8_t& byte : image.pixels) byte = static_cast<uint8_t>(random());
  return image;
}

class KernelTilesTest : public tests::BackendTest {
 protected:
  at::Tensor source(const model::RgbImage& image) const {
    return at::tensor(at::ArrayRef<uint8_t>(image.pixels), at::kByte)
        .view({image.height, image.width, 3})
        .to(GetParam().device);
  }
  ResizeAxis axis(int in_size, int out_size) const {
    const auto table = model::resize_table(in_size, out_size);
    return resize_axis(table.first, table.count, table.weights, GetParam().device);
  }
  at::Tensor table() const {
    const auto& values = model::normalise_table();
    return at::tensor(at::ArrayRef<float>(values[0].data(), 3 * 256)).view({3, 256}).to(options());
  }

  // The rows of a picture resized to columns x rows tiles.
  at::Tensor patches(const model::RgbImage& image, int columns, int rows, int tile_size,
                     int64_t padding = 0) const {
    const int64_t grid = tile_size / kPatch;
    const auto scratch =
        at::empty({int64_t{image.height} * columns * tile_size * 3}, options().dtype(at::kByte));
    const auto out =
        at::full({rows * columns * grid * grid, 3 * kPatch * kPatch + padding}, 9.0, options());
    tiles_from_rgb_out(source(image), axis(image.width, columns * tile_size),
                       axis(image.height, rows * tile_size), tile_size, kPatch, table(), scratch,
                       out);
    return out;
  }
};
INSTANTIATE_TEST_SUITE_P(, KernelTilesTest, tests::kBackends, testing::PrintToStringParamName());

// pixel_values as the model's own image code makes them, cut into the rows of the patch embedding.
at::Tensor expected_patches(const model::RgbImage& image, const model::TilePlan& plan) {
  const auto tiles = model::cut_tiles(image, plan);
  std::vector<float> values(tiles.size());
  model::normalise(tiles, plan.tile_size, std::span<float>(values));
  const int64_t grid = plan.tile_size / kPatch;
  return at::tensor(at::ArrayRef<float>(values))
      .view({plan.num_tiles(), 3, grid, kPatch, grid, kPatch})
      .permute({0, 2, 4, 1, 3, 5})
      .reshape({plan.num_tiles() * grid * grid, 3 * kPatch * kPatch});
}

TEST_P(KernelTilesTest, HasTheBytesOfTheModelsOwnImageCode) {
  std::mt19937 random(GetParam().dtype == at::kFloat ? 5 : 6);
  const auto below = [&](int limit) { return 1 + static_cast<int>(random() % limit); };
  const char* const asked = std::getenv("MONO_TILE_SIZES");
  const int usual = GetParam().device.is_cuda() ? 300 : 10;
  const int num_rounds = asked == nullptr ? usual : std::stoi(asked);
  for (int round = 0; round < num_rounds; ++round) {
    const int most = round % 5 == 0 ? 900 : 120;
    const auto image = random_image(below(most), below(most), random());
    const int tile_size = kPatch * below(3);
    const model::TilePlan plan{
        .columns = below(4), .rows = below(4), .tile_size = tile_size, .has_thumbnail = true};
    const auto grid = patches(image, plan.columns, plan.rows, tile_size);
    const auto thumbnail = patches(image, 1, 1, tile_size);
    const auto expected = expected_patches(image, plan).to(options());
    ASSERT_TRUE(at::equal(at::cat({grid, thumbnail}), expected))
        << image.width << "x" << image.height << " to " << plan.columns << "x" << plan.rows
        << " tiles of " << tile_size;
  }
}

TEST_P(KernelTilesTest, AFullTileHasTheBytesOfTheModelsOwnImageCode) {
  const auto image = random_image(1000, 747, 8);
  const model::TilePlan plan{.columns = 2, .rows = 1};
  EXPECT_TRUE(at::equal(patches(image, 2, 1, model::kTileSize),
                        expected_patches(image, plan).to(options())));
}

TEST_P(KernelTilesTest, FillsThePaddingOfItsRowsWithZeros) {
  const auto image = random_image(30, 20, 3);
  const auto plain = patches(image, 2, 1, 28);
  const auto padded = patches(image, 2, 1, 28, 4);
  EXPECT_TRUE(at::equal(padded.slice(1, 0, plain.size(1)), plain));
  EXPECT_EQ(padded.slice(1, plain.size(1)).abs().max().item<double>(), 0);
}

// Weights 1/2 + 1/2 of bytes 1 and 2: 1.5 rounds up, before the second pass.
TEST(TilesFromRgbTest, RoundsHalfUpBetweenThePasses) {
  const std::vector<int32_t> first = {0}, count = {2}, halves = {1 << 21, 1 << 21};
  const auto axis = resize_axis(first, count, halves, at::kCPU);
  const auto source = at::tensor({1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2}, at::kByte).view({2, 2, 3});
  const auto table = at::arange(256, at::kFloat).repeat({3, 1});
  const auto out = at::empty({1, 3});
  tiles_from_rgb_out(source, axis, axis, 1, 1, table, at::empty({6}, at::kByte), out);
  EXPECT_TRUE(at::equal(out, at::full({1, 3}, 2.0)));  // rows give 2 and 2; in one go 1.75
}

TEST(TilesFromRgbTest, NamesWhatDoesNotFit) {
  const std::vector<int32_t> first = {0, 0}, count = {1, 1}, weights = {1, 1};
  const auto axis = resize_axis(first, count, weights, at::kCPU);
  const auto source = at::zeros({2, 2, 3}, at::kByte);
  const auto call = [&](const at::Tensor& from, int64_t tile, int64_t scratch, int64_t rows) {
    return message_of<c10::Error>([&] {
      tiles_from_rgb_out(from, axis, axis, tile, 1, at::ones({3, 256}),
                         at::empty({scratch}, at::kByte), at::ones({rows, 3}));
    });
  };
  expect_says(call(source.to(at::kInt), 2, 12, 4), "source must be a dense uint8");
  expect_says(call(source, 3, 12, 4), "must give a multiple of 3 pixels, got 2");
  expect_says(call(source, 2, 11, 4), "scratch must be at least 12 dense bytes");
  expect_says(call(source, 2, 12, 5), "out must be a dense [4, at least 3], got [5, 3]");
  expect_says(message_of<c10::Error>([&] { resize_axis(first, weights, {}, at::kCPU); }),
              "2 first pixels, 2 counts and 0 weights");
}

}  // namespace
}  // namespace mono::kernels
