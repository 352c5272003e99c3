#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "model/image/image.h"

namespace mono::tests {

/// The file beside decoded pictures that says what becomes of them: one object a line with `file`,
/// `max_num`, `use_thumbnail`, `from` and, where the reference wrote them, `f32_sha256` and
/// `bf16_sha256` of pixel_values.
inline constexpr const char* kRgbPictures = "pictures.jsonl";

/// Pixels of a binary PPM file.
/// \throws std::runtime_error naming a file that is none.
inline model::RgbImage read_ppm(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string magic;
  model::RgbImage image;
  int highest = 0;
  file >> magic >> image.width >> image.height >> highest;
  file.ignore(1);
  if (file && magic == "P6" && highest == 255 && image.width > 0 && image.height > 0) {
    image.pixels.resize(size_t{3} * static_cast<size_t>(image.width) *
                        static_cast<size_t>(image.height));
    file.read(reinterpret_cast<char*>(image.pixels.data()),
              static_cast<std::streamsize>(image.pixels.size()));
    if (file) return image;
  }
  throw std::runtime_error(path.string() + ": no binary PPM file");
}

inline void write_ppm(const std::filesystem::path& path, const model::RgbImage& image) {
  std::ofstream file(path, std::ios::binary);
  file << "P6\n" << image.width << " " << image.height << "\n255\n";
  file.write(reinterpret_cast<const char*>(image.pixels.data()),
             static_cast<std::streamsize>(image.pixels.size()));
  if (!file.flush()) throw std::runtime_error(path.string() + ": cannot write");
}

}  // namespace mono::tests
