#include <chrono>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>

#include "model/adapter.h"
#include "model/image/file/load.h"
#include "model/image/normalise.h"
#include "model/image/tiles.h"
#include "tests/sha256.h"

// The timed half of scripts/bench_image_peer.py: a process that prepares one image file again and
// again. A line "tiles" or "tensor" on stdin is answered with the seconds of one repetition, a line
// "hash tiles" or "hash tensor" with the SHA-256 of the result.
namespace mono {
namespace {

class Preparation {
 public:
  Preparation(const char* path, int max_tiles) : max_tiles_(max_tiles) { input_.path = path; }

  std::vector<uint8_t> tiles() const {
    const auto image = model::load_image(input_);
    return model::cut_tiles(
        image, model::plan_tiles(image.width, image.height, {.max_tiles = max_tiles_}));
  }

  /// bf16 bit patterns; the memory is left as it comes, every place is written once.
  size_t tensor(std::unique_ptr<uint16_t[]>& values) const {
    const auto bytes = tiles();
    values = std::make_unique_for_overwrite<uint16_t[]>(bytes.size());
    model::normalise(bytes, model::kTileSize, std::span(values.get(), bytes.size()));
    return bytes.size();
  }

 private:
  model::ImageInput input_{};
  int max_tiles_ = 12;
};

std::string hash_of(const Preparation& preparation, bool wants_tensor) {
  if (!wants_tensor) return tests::sha256(preparation.tiles());
  std::unique_ptr<uint16_t[]> values;
  const size_t count = preparation.tensor(values);
  return tests::sha256(std::span<const uint16_t>(values.get(), count));
}

double seconds_of(const Preparation& preparation, bool wants_tensor) {
  const auto start = std::chrono::steady_clock::now();
  if (wants_tensor) {
    std::unique_ptr<uint16_t[]> values;
    preparation.tensor(values);
  } else {
    preparation.tiles();
  }
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

int serve(const Preparation& preparation) {
  for (std::string line; std::getline(std::cin, line);) {
    const bool wants_tensor = line.ends_with("tensor");
    if (!wants_tensor && !line.ends_with("tiles")) {
      std::fprintf(stderr, "image_bench: unknown request '%s'\n", line.c_str());
      return 2;
    }
    if (line.starts_with("hash ")) {
      std::printf("%s\n", hash_of(preparation, wants_tensor).c_str());
    } else {
      std::printf("%.9f\n", seconds_of(preparation, wants_tensor));
    }
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace mono

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: image_bench FILE MAX_TILES\n");
    return 2;
  }
  try {
    return mono::serve(mono::Preparation(argv[1], std::stoi(argv[2])));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "image_bench: %s\n", error.what());
    return 3;
  }
}
