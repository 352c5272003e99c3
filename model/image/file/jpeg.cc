#include <csetjmp>
#include <cstdio>
// jpeglib.h needs stdio before it.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>

#include "model/image/file/formats.h"

namespace mono::model::files {
namespace {

/// libjpeg reports errors by a jump; nothing with a destructor may live in a function that calls
/// it, so each step below is one and returns false after a jump.
struct Reader {
  jpeg_decompress_struct info{};
  jpeg_error_mgr errors{};
  jpeg_source_mgr source{};
  std::jmp_buf escape{};
  char message[JMSG_LENGTH_MAX] = "";

  explicit Reader(std::span<const uint8_t> bytes);
  ~Reader() { jpeg_destroy_decompress(&info); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
};

[[noreturn]] void leave(j_common_ptr info) {
  auto* const reader = static_cast<Reader*>(info->client_data);
  info->err->format_message(info, reader->message);
  std::longjmp(reader->escape, 1);
}

boolean reached_end(j_decompress_ptr info) {
  ERREXIT(info, JERR_INPUT_EOF);
  return FALSE;
}

void skip(j_decompress_ptr info, long num_bytes) {
  if (num_bytes <= 0) return;
  if (static_cast<size_t>(num_bytes) > info->src->bytes_in_buffer) ERREXIT(info, JERR_INPUT_EOF);
  info->src->next_input_byte += num_bytes;
  info->src->bytes_in_buffer -= static_cast<size_t>(num_bytes);
}

Reader::Reader(std::span<const uint8_t> bytes) {
  info.err = jpeg_std_error(&errors);
  info.client_data = this;
  errors.error_exit = leave;
  errors.emit_message = [](j_common_ptr, int) {};  // warnings: Pillow goes on as well
  source.next_input_byte = bytes.data();
  source.bytes_in_buffer = bytes.size();
  source.init_source = [](j_decompress_ptr) {};
  source.term_source = [](j_decompress_ptr) {};
  source.fill_input_buffer = reached_end;
  source.skip_input_data = skip;
  source.resync_to_restart = jpeg_resync_to_restart;
}

bool read_header(Reader& reader) {
  if (setjmp(reader.escape) != 0) return false;
  jpeg_create_decompress(&reader.info);
  reader.info.src = &reader.source;
  jpeg_read_header(&reader.info, TRUE);
  return true;
}

/// \param out  [image_height, image_width, num_components]
bool read_pixels(Reader& reader, uint8_t* out) {
  if (setjmp(reader.escape) != 0) return false;
  auto& info = reader.info;
  jpeg_start_decompress(&info);
  const size_t stride = static_cast<size_t>(info.output_width) * info.output_components;
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = out + info.output_scanline * stride;
    jpeg_read_scanlines(&info, &row, 1);
  }
  return true;
}

/// Reads what follows the pixels. Pillow refuses broken markers there, but not a missing end.
bool read_end(Reader& reader) {
  if (setjmp(reader.escape) != 0) return reader.errors.msg_code == JERR_INPUT_EOF;
  jpeg_finish_decompress(&reader.info);
  return true;
}

struct Layout {
  StoredMode mode = StoredMode::kRgb;
  J_COLOR_SPACE space = JCS_RGB;
};

Layout layout_of(const Source& source, int num_components) {
  switch (num_components) {
    case 1:
      return {StoredMode::kGray, JCS_GRAYSCALE};
    case 3:
      return {StoredMode::kRgb, JCS_RGB};
    case 4:
      return {StoredMode::kCmyk, JCS_CMYK};
    default:
      refuse(source, "JPEG", num_components, " components, expected 1, 3 or 4");
  }
}

std::vector<uint8_t> three_times(const std::vector<uint8_t>& gray) {
  std::vector<uint8_t> rgb(gray.size() * 3);
  uint8_t* to = rgb.data();
  for (const uint8_t value : gray) to = std::fill_n(to, 3, value);
  return rgb;
}

}  // namespace

StoredImage decode_jpeg(const Source& source) {
  Reader reader(source.bytes);
  if (!read_header(reader)) refuse(source, "JPEG", reader.message);
  auto& info = reader.info;
  check_size(source, "JPEG", info.image_width, info.image_height);
  const auto layout = layout_of(source, info.num_components);
  info.out_color_space = layout.space;

  StoredImage image{
      layout.mode, static_cast<int>(info.image_width), static_cast<int>(info.image_height), {}};
  image.samples.resize(static_cast<size_t>(image.width) * image.height * info.num_components);
  if (!read_pixels(reader, image.samples.data()) || !read_end(reader)) {
    refuse(source, "JPEG", reader.message);
  }

  if (layout.mode == StoredMode::kGray) image.samples = three_times(image.samples);
  if (layout.mode ==
      StoredMode::kCmyk) {  // stored inverted, as Adobe does; Pillow always assumes it
    for (uint8_t& value : image.samples) value = static_cast<uint8_t>(255 - value);
  }
  return image;
}

}  // namespace mono::model::files
