#pragma once

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <string>

#include "model/image/image.h"

namespace mono::tests {

/// sm(seed, i) of golden/image/README.md: the i-th number of SplitMix64.
inline uint64_t split_mix(uint64_t seed, uint64_t i) {
  uint64_t z = seed + i * 0x9E3779B97F4A7C15ULL;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
  return z ^ z >> 31;
}

inline uint8_t noise_byte(uint64_t seed, uint64_t n) {
  return static_cast<uint8_t>(split_mix(seed, n / 8 + 1) >> 8 * (n % 8));
}

/// The picture a generator of golden/image/README.md makes.
/// \throws std::runtime_error for an unknown one.
inline model::RgbImage generated(const std::string& generator, uint64_t seed, int width,
                                 int height) {
  const auto gradient = [&](int64_t x, int64_t y, int64_t k) {
    const int64_t across = x * 255 / std::max(width - 1, 1) * (k + 1);
    const int64_t down = y * 255 / std::max(height - 1, 1) * (3 - k);
    return static_cast<uint8_t>((across + down + static_cast<int64_t>(seed)) / 4);
  };
  const auto checker = [&](uint64_t number, int64_t x, int64_t y, int64_t k) {
    const auto side = static_cast<int64_t>(1 + number % 7);
    return static_cast<uint8_t>((x / side + y / side + k) % 2 != 0 ? 255 : 0);
  };
  model::RgbImage image{width, height, {}};
  image.pixels.resize(static_cast<size_t>(width) * height * 3);
  const auto fill = [&](const auto& value) {
    size_t n = 0;
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) {
        for (int k = 0; k < 3; ++k, ++n) image.pixels[n] = static_cast<uint8_t>(value(x, y, k, n));
      }
    }
  };
  if (generator == "noise") {
    fill([&](int, int, int, size_t n) { return noise_byte(seed, n); });
  } else if (generator == "gradient") {
    fill([&](int x, int y, int k, size_t) { return gradient(x, y, k); });
  } else if (generator == "checker") {
    fill([&](int x, int y, int k, size_t) { return checker(seed, x, y, k); });
  } else if (generator == "impulse") {
    for (uint64_t j = 0; j < 8; ++j) {
      const uint64_t y = split_mix(seed, 2 * j + 1) % static_cast<uint64_t>(height);
      const uint64_t x = split_mix(seed, 2 * j + 2) % static_cast<uint64_t>(width);
      std::fill_n(image.pixels.begin() + static_cast<ptrdiff_t>((y * width + x) * 3), 3, 255);
    }
  } else if (generator == "mixed") {
    fill([&](int x, int y, int k, size_t n) {
      return gradient(x, y, k) * 3 / 4 + (noise_byte(seed, n) >> 3) +
             (checker(seed + 4, x, y, k) >> 3);
    });
  } else {
    throw std::runtime_error("unknown generator " + generator);
  }
  return image;
}

}  // namespace mono::tests
