#include <csetjmp>
#include <cstdio>
#include <cstdlib>
// jpeglib.h needs stdio before it.
#include <jpeglib.h>

#include <span>
#include <utility>

#include "model/image/file/formats.h"
#include "model/image/file/load.h"

namespace mono::model {
namespace {

/// As the reader in jpeg.cc: no destructors where libjpeg may jump.
struct Writer {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  std::jmp_buf escape{};
  char message[JMSG_LENGTH_MAX] = "";
  unsigned char* bytes = nullptr;  // malloc'ed by libjpeg
  unsigned long num_bytes = 0;

  Writer() {
    info.err = jpeg_std_error(&errors);
    info.client_data = this;
    errors.emit_message = [](j_common_ptr, int) {};
    errors.error_exit = [](j_common_ptr common) {
      auto* const writer = static_cast<Writer*>(common->client_data);
      common->err->format_message(common, writer->message);
      std::longjmp(writer->escape, 1);
    };
  }
  ~Writer() {
    jpeg_destroy_compress(&info);
    std::free(bytes);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
};

struct Samples {
  const uint8_t* data = nullptr;  // [height, width, num_components]
  int width = 0;
  int height = 0;
  int num_components = 3;
  J_COLOR_SPACE space = JCS_RGB;
};

bool write(Writer& writer, const Samples& samples) {
  if (setjmp(writer.escape) != 0) return false;
  auto& info = writer.info;
  jpeg_create_compress(&info);
  jpeg_mem_dest(&info, &writer.bytes, &writer.num_bytes);
  info.image_width = static_cast<JDIMENSION>(samples.width);
  info.image_height = static_cast<JDIMENSION>(samples.height);
  info.input_components = samples.num_components;
  info.in_color_space = samples.space;
  jpeg_set_defaults(&info);  // quality 75, 4:2:0, islow
  jpeg_start_compress(&info, TRUE);
  const size_t stride = static_cast<size_t>(samples.width) * samples.num_components;
  while (info.next_scanline < info.image_height) {
    auto* row = const_cast<JSAMPROW>(samples.data + info.next_scanline * stride);
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  return true;
}

std::vector<uint8_t> encoded(const Samples& samples, const std::string& name) {
  constexpr int kLongestSide = 65500;  // libjpeg's limit
  if (samples.width > kLongestSide || samples.height > kLongestSide) {
    fail(name, ": cannot write ", samples.width, "x", samples.height,
         " as JPEG, a side holds at most ", kLongestSide, " pixels");
  }
  Writer writer;
  if (!write(writer, samples)) fail(name, ": cannot write as JPEG: ", writer.message);
  return {writer.bytes, writer.bytes + writer.num_bytes};
}

}  // namespace

std::vector<uint8_t> encode_jpeg(const StoredImage& image, const std::string& name) {
  switch (image.mode) {
    case StoredMode::kRgb:
    case StoredMode::kPalette:
      return encoded({image.samples.data(), image.width, image.height, 3, JCS_RGB}, name);
    case StoredMode::kRgba: {
      const auto rgb = to_rgb(image);
      return encoded({rgb.pixels.data(), image.width, image.height, 3, JCS_RGB}, name);
    }
    case StoredMode::kBilevel:
    case StoredMode::kGray: {
      std::vector<uint8_t> gray(image.samples.size() / 3);
      for (size_t i = 0; i < gray.size(); ++i) gray[i] = image.samples[3 * i];
      return encoded({gray.data(), image.width, image.height, 1, JCS_GRAYSCALE}, name);
    }
    case StoredMode::kCmyk: {
      auto inverted = image.samples;
      for (uint8_t& value : inverted) value = static_cast<uint8_t>(255 - value);
      return encoded({inverted.data(), image.width, image.height, 4, JCS_CMYK}, name);
    }
    default:
      fail(name, ": cannot write mode ", mode_name(image.mode), " as JPEG");
  }
}

StoredImage jpeg_round_trip(const StoredImage& image, const std::string& name) {
  const auto bytes = encode_jpeg(image, name);
  return files::decode_jpeg({bytes, name, static_cast<int64_t>(image.width) * image.height});
}

}  // namespace mono::model
