#include "model/image/file/decode.h"

#include <algorithm>
#include <string_view>

#include "model/image/file/formats.h"

namespace mono::model {
namespace {

struct Format {
  std::string_view magic{};
  size_t at = 0;
  StoredImage (*decode)(const files::Source&) = nullptr;
};

using std::string_view_literals::operator""sv;

constexpr Format kFormats[] = {
    {"\xff\xd8\xff"sv, 0, files::decode_jpeg}, {"\x89PNG\r\n\x1a\n"sv, 0, files::decode_png},
    {"GIF87a"sv, 0, files::decode_gif},        {"GIF89a"sv, 0, files::decode_gif},
    {"WEBP"sv, 8, files::decode_webp},         {"BM"sv, 0, files::decode_bmp},
    {"II*\0"sv, 0, files::decode_tiff},        {"MM\0*"sv, 0, files::decode_tiff},
};

}  // namespace

StoredImage decode_image(std::span<const uint8_t> bytes, const std::string& name,
                         int64_t max_pixels) {
  const std::string_view head(reinterpret_cast<const char*>(bytes.data()),
                              std::min<size_t>(bytes.size(), 16));
  for (const auto& format : kFormats) {
    if (head.size() >= format.at && head.substr(format.at).starts_with(format.magic)) {
      return format.decode({bytes, name, max_pixels});
    }
  }
  fail(name, ": not a JPEG, PNG, GIF, WebP, BMP or TIFF file (", bytes.size(), " bytes)");
}

}  // namespace mono::model
