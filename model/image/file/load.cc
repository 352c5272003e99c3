#include "model/image/file/load.h"

#include <fstream>
#include <iterator>
#include <new>
#include <span>
#include <utility>

#include "model/image/file/decode.h"
#include "model/image/tiles.h"

namespace mono::model {
namespace {

std::vector<uint8_t> file_bytes(const std::filesystem::path& path, const std::string& name) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) fail(name, ": cannot open ", path.string());
  const auto size = file.tellg();
  if (size < 0) fail(name, ": cannot read ", path.string());
  std::vector<uint8_t> bytes(static_cast<size_t>(size));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), size);
  if (!file) fail(name, ": cannot read ", path.string());
  return bytes;
}

StoredImage decoded(const ImageInput& input, const std::string& name) {
  if (input.bytes) {
    const std::span bytes(reinterpret_cast<const uint8_t*>(input.bytes->data()),
                          input.bytes->size());
    return decode_image(bytes, name, input.max_pixels);
  }
  if (input.path.empty()) fail(name, ": an image with neither a path nor bytes");
  return decode_image(file_bytes(input.path, name), name, input.max_pixels);
}

StoredImage as_rgb(StoredImage image) {
  auto rgb = to_rgb(std::move(image));
  return {StoredMode::kRgb, rgb.width, rgb.height, std::move(rgb.pixels)};
}

StoredImage prepared(const ImageInput& input, const std::string& name) {
  StoredImage image = decoded(input, name);
  if (input.drops_alpha_of_gray && image.mode == StoredMode::kGrayAlpha) {
    image = as_rgb(std::move(image));
  }
  if (input.reencodes_as_jpeg) image = jpeg_round_trip(image, name);
  if (!input.keeps_stored_mode) image = as_rgb(std::move(image));
  return input.doubles_size ? doubled(image) : image;
}

}  // namespace

StoredImage load_image(const ImageInput& input) {
  const std::string name = input.name.empty() ? input.path.string() : input.name;
  try {
    return prepared(input, name);
  } catch (const std::bad_alloc&) {
    fail(name, ": the picture needs more memory than there is");
  }
}

}  // namespace mono::model
