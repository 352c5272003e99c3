#include "kernels/tiles_from_rgb_launch.h"
#include "tests/launch_checks/all.h"
#include "tests/launch_checks/launch_checks.h"

namespace mono::launch_checks {
namespace {

/// Random windows of up to five neighbours; the kernel is told nothing else about a resize.
struct Axis {
  Axis(int in_size, int out_size, unsigned seed) : size(static_cast<size_t>(out_size)) {
    std::mt19937 random(seed);
    for (int i = 0; i < out_size; ++i) {
      const int most = std::min(5, in_size);
      count.push_back(1 + static_cast<int>(random() % static_cast<unsigned>(most)));
      first.push_back(static_cast<int>(random() % static_cast<unsigned>(in_size - count[i] + 1)));
    }
    for (size_t i = 0; i < 5 * size; ++i) {
      weights.push_back(static_cast<int32_t>(random() % (1U << 20)) - (1 << 18));
    }
  }

  kernels::ResizeAxisArguments arguments(const OnDevice<int32_t>& first_there,
                                         const OnDevice<int32_t>& count_there,
                                         const OnDevice<int32_t>& weights_there) const {
    return {first_there.data(), count_there.data(), weights_there.data(), static_cast<int>(size)};
  }

  size_t size;
  std::vector<int32_t> first{}, count{}, weights{};
};

uint8_t to_byte(int64_t sum) {
  return static_cast<uint8_t>(std::clamp<int64_t>(sum >> 22, 0, 255));
}

/// [lines, in_size, 3] or, along the other axis, [in_size, lines, 3]; both as [lines][in][3]
/// strides.
std::vector<uint8_t> resized(const std::vector<uint8_t>& in, size_t lines, const Axis& axis,
                             size_t line_step, size_t pixel_step, size_t out_line_step,
                             size_t out_pixel_step) {
  std::vector<uint8_t> out(lines * axis.size * 3);
  for (size_t line = 0; line < lines; ++line) {
    for (size_t i = 0; i < axis.size; ++i) {
      for (size_t channel = 0; channel < 3; ++channel) {
        int64_t sum = 1 << 21;
        for (size_t k = 0; k < static_cast<size_t>(axis.count[i]); ++k) {
          const size_t pixel = static_cast<size_t>(axis.first[i]) + k;
          sum += int64_t{axis.weights[k * axis.size + i]} *
                 in[line * line_step + pixel * pixel_step + channel];
        }
        out[line * out_line_step + i * out_pixel_step + channel] = to_byte(sum);
      }
    }
  }
  return out;
}

template <typename T>
bool check_case(int width, int height, int columns, int rows, int tile, int patch, int padding) {
  const Axis across(width, columns * tile, 1), down(height, rows * tile, 2);
  std::mt19937 random(3);
  std::vector<uint8_t> source(size_t{3} * width * height);
  for (uint8_t& byte : source) byte = static_cast<uint8_t>(random());
  const auto table = normal_values<T>(3 * 256, 4);
  const int grid = tile / patch;
  const size_t out_width = static_cast<size_t>(int64_t{3} * patch * patch + padding);
  const size_t num_patches = static_cast<size_t>(int64_t{rows} * columns * grid * grid);

  const OnDevice<uint8_t> source_there(source),
      scratch(std::vector<uint8_t>(static_cast<size_t>(height) * across.size * 3));
  const OnDevice<int32_t> x_first(across.first), x_count(across.count), x_weights(across.weights),
      y_first(down.first), y_count(down.count), y_weights(down.weights);
  const OnDevice<T> table_there(table), out_there(poison<T>(num_patches * out_width));
  kernels::launch_tiles_from_rgb(
      kernels::TilesFromRgbArguments<T>{.source = source_there.data(),
                                        .horizontal = across.arguments(x_first, x_count, x_weights),
                                        .vertical = down.arguments(y_first, y_count, y_weights),
                                        .table = table_there.data(),
                                        .scratch = scratch.data(),
                                        .out = out_there.data(),
                                        .height = height,
                                        .width = width,
                                        .tile_size = tile,
                                        .patch_size = patch,
                                        .out_width = static_cast<int>(out_width)},
      nullptr);

  const size_t wide_row = across.size * 3;
  const auto wide =
      resized(source, static_cast<size_t>(height), across, size_t{3} * width, 3, wide_row, 3);
  const auto pixels = resized(wide, across.size, down, 3, wide_row, 3, wide_row);
  std::vector<double> expected(num_patches * out_width, 0);
  for (size_t y = 0; y < down.size; ++y) {
    for (size_t x = 0; x < across.size; ++x) {
      const auto tile_number = y / tile * static_cast<size_t>(columns) + x / tile;
      const auto place = (tile_number * grid + y % tile / patch) * grid + x % tile / patch;
      for (size_t channel = 0; channel < 3; ++channel) {
        const auto column = (channel * patch + y % tile % patch) * patch + x % tile % patch;
        const uint8_t byte = pixels[y * wide_row + x * 3 + channel];
        expected[place * out_width + column] = to_double(table[channel * 256 + byte]);
      }
    }
  }
  return is_near("patches", out_there.read(), expected, 0);
}

}  // namespace

bool check_tiles_from_rgb() {
  return check_case<float>(17, 9, 2, 3, 28, 14, 4) &&
         check_case<__nv_bfloat16>(5, 40, 1, 1, 56, 14, 4) &&
         check_case<__nv_bfloat16>(200, 3, 3, 2, 64, 32, 0);
}

}  // namespace mono::launch_checks
