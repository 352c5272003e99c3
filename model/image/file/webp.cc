#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>

#include "model/image/file/formats.h"

namespace mono::model::files {
namespace {

struct DeleteDecoder {
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};

}  // namespace

// The animation decoder serves still pictures too, as in Pillow.
StoredImage decode_webp(const Source& source) {
  WebPBitstreamFeatures features{};
  if (WebPGetFeatures(source.bytes.data(), source.bytes.size(), &features) != VP8_STATUS_OK) {
    refuse(source, "WebP", "damaged header");
  }
  check_size(source, "WebP", features.width, features.height);

  const WebPData data{source.bytes.data(), source.bytes.size()};
  const std::unique_ptr<WebPAnimDecoder, DeleteDecoder> decoder(WebPAnimDecoderNew(&data, nullptr));
  WebPAnimInfo info{};
  if (!decoder || WebPAnimDecoderGetInfo(decoder.get(), &info) == 0) {
    refuse(source, "WebP", "damaged or cut short");
  }
  if (static_cast<int>(info.canvas_width) != features.width ||
      static_cast<int>(info.canvas_height) != features.height) {
    refuse(source, "WebP", "a canvas of ", info.canvas_width, "x", info.canvas_height,
           ", expected ", features.width, "x", features.height);
  }
  uint8_t* rgba = nullptr;
  int milliseconds = 0;
  if (WebPAnimDecoderGetNext(decoder.get(), &rgba, &milliseconds) == 0) {
    refuse(source, "WebP", "the first frame cannot be decoded");
  }
  const size_t num_pixels = static_cast<size_t>(features.width) * features.height;
  StoredImage image{StoredMode::kRgba, features.width, features.height, {}};
  image.samples.assign(rgba, rgba + num_pixels * 4);
  if (features.has_alpha != 0) return image;

  auto rgb = to_rgb(image);
  return {StoredMode::kRgb, rgb.width, rgb.height, std::move(rgb.pixels)};
}

}  // namespace mono::model::files
