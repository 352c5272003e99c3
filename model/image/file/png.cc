#include <png.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "model/image/file/formats.h"
#include "model/image/file/png_chunks.h"

namespace mono::model::files {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr uint8_t kSignature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

void append(std::vector<uint8_t>& to, uint32_t big_endian) {
  for (int shift = 24; shift >= 0; shift -= 8)
    to.push_back(static_cast<uint8_t>(big_endian >> shift));
}

std::vector<uint8_t> chunk_head(uint32_t length, const char* type) {
  std::vector<uint8_t> head;
  append(head, length);
  head.insert(head.end(), type, type + 4);
  return head;
}

/// A PNG stream of nothing but what decides the pixels, handed to libpng piece by piece.
class Stream {
 public:
  explicit Stream(const PngChunks& chunks) {
    std::vector<uint8_t> head(std::begin(kSignature), std::end(kSignature));
    const auto begin_chunk = [&](uint32_t length, const char* type) {
      const auto bytes = chunk_head(length, type);
      head.insert(head.end(), bytes.begin(), bytes.end());
    };
    begin_chunk(13, "IHDR");
    append(head, chunks.width);
    append(head, chunks.height);
    for (const int value :
         {chunks.bit_depth, chunks.colour_type, 0, 0, chunks.is_interlaced ? 1 : 0}) {
      head.push_back(static_cast<uint8_t>(value));
    }
    append(head, kNoSum);
    if (chunks.colour_type == PNG_COLOR_TYPE_PALETTE) {  // looked up by us; any one will do
      const uint32_t size = 3U << std::min(chunks.bit_depth, 8);
      begin_chunk(size, "PLTE");
      head.resize(head.size() + size + sizeof(kNoSum));
    }
    owned_.push_back(std::move(head));
    for (const auto& data : chunks.image) {
      owned_.push_back(chunk_head(static_cast<uint32_t>(data.size()), "IDAT"));
    }
    pieces_.emplace_back(owned_[0]);
    for (size_t i = 0; i < chunks.image.size(); ++i) {
      pieces_.emplace_back(owned_[i + 1]);
      pieces_.push_back(chunks.image[i]);
      pieces_.emplace_back(kNoSumBytes);
    }
  }

  /// Whether the contents of the last chunk were begun.
  bool reached_last_chunk() const {
    return piece_ + 2 > pieces_.size() || (piece_ + 2 == pieces_.size() && at_ > 0);
  }

  /// \returns false if fewer bytes are left.
  bool read(uint8_t* to, size_t size) {
    while (size > 0) {
      if (piece_ == pieces_.size()) return false;
      const Bytes piece = pieces_[piece_].subspan(at_);
      const size_t count = std::min(size, piece.size());
      to = std::copy_n(piece.begin(), count, to);
      size -= count;
      at_ += count;
      if (count == piece.size()) {
        ++piece_;
        at_ = 0;
      }
    }
    return true;
  }

 private:
  static constexpr uint32_t kNoSum = 0;  // libpng is told to ignore checksums
  static constexpr std::array<uint8_t, 4> kNoSumBytes{};

  std::vector<std::vector<uint8_t>> owned_{};
  std::vector<Bytes> pieces_{};
  size_t piece_ = 0;
  size_t at_ = 0;
};

/// libpng reports errors by a jump: no destructors in the functions that call it.
struct Reader {
  png_structp png = nullptr;
  png_infop info = nullptr;
  Stream* stream = nullptr;
  char message[128] = "";

  explicit Reader(Stream& input);
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
};

Reader::Reader(Stream& input) : stream(&input) {
  const auto on_error = [](png_structp png, png_const_charp text) {
    auto& message = static_cast<Reader*>(png_get_error_ptr(png))->message;
    std::strncpy(message, text, sizeof(message) - 1);
    png_longjmp(png, 1);
  };
  png = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error,
                               [](png_structp, png_const_charp) {});
  if (png == nullptr) throw std::bad_alloc();
  info = png_create_info_struct(png);
  if (info == nullptr) {
    png_destroy_read_struct(&png, nullptr, nullptr);
    throw std::bad_alloc();
  }
}

/// \param rows  [height] where each row goes
bool read_pixels(Reader& reader, bool is_gray16, uint8_t** rows) {
  auto* const png = reader.png;
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_set_read_fn(png, reader.stream, [](png_structp self, png_bytep to, size_t size) {
    if (!static_cast<Stream*>(png_get_io_ptr(self))->read(to, size)) {
      png_error(self, "the image data are cut short");
    }
  });
  png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_read_info(png, reader.info);
  png_set_packing(png);
  if (is_gray16) {
    png_set_swap(png);
  } else {
    png_set_strip_16(png);
    if (png_get_color_type(png, reader.info) != PNG_COLOR_TYPE_PALETTE) {
      png_set_expand_gray_1_2_4_to_8(png);
      png_set_gray_to_rgb(png);
    }
  }
  png_set_interlace_handling(png);
  png_read_update_info(png, reader.info);
  png_read_image(png, rows);
  return true;
}

StoredMode mode_of(const Source& source, const PngChunks& chunks) {
  const int depth = chunks.bit_depth;
  const bool is_byte = depth == 8 || depth == 16;
  const bool is_small = depth == 1 || depth == 2 || depth == 4;
  switch (chunks.colour_type) {
    case PNG_COLOR_TYPE_GRAY:
      if (depth == 1) return StoredMode::kBilevel;
      if (depth == 16) return StoredMode::kGray16;
      if (is_small || is_byte) return StoredMode::kGray;
      break;
    case PNG_COLOR_TYPE_PALETTE:
      if (is_small || depth == 8) return StoredMode::kPalette;
      break;
    case PNG_COLOR_TYPE_RGB:
      if (is_byte) return StoredMode::kRgb;
      break;
    case PNG_COLOR_TYPE_GRAY_ALPHA:
      if (depth == 8) return StoredMode::kGrayAlpha;
      if (depth == 16) return StoredMode::kRgba;  // so does Pillow
      break;
    case PNG_COLOR_TYPE_RGB_ALPHA:
      if (is_byte) return StoredMode::kRgba;
      break;
    default:
      break;
  }
  refuse(source, "PNG", "colour type ", chunks.colour_type, " with ", depth, " bits");
}

/// Entries the file leaves out are black, as in Pillow.
std::vector<uint8_t> looked_up(const std::vector<uint8_t>& indices, Bytes palette) {
  std::array<std::array<uint8_t, 3>, 256> colours{};
  for (size_t i = 0; i < colours.size(); ++i) {
    if (3 * i + 3 <= palette.size()) std::copy_n(palette.begin() + 3 * i, 3, colours[i].begin());
  }
  std::vector<uint8_t> rgb(indices.size() * 3);
  uint8_t* to = rgb.data();
  for (const uint8_t index : indices) to = std::copy_n(colours[index].begin(), 3, to);
  return rgb;
}

}  // namespace

StoredImage decode_png(const Source& source) {
  const auto chunks = read_png_chunks(source);
  const auto mode = mode_of(source, chunks);
  check_size(source, "PNG", chunks.width, chunks.height);

  StoredImage image{mode, static_cast<int>(chunks.width), static_cast<int>(chunks.height), {}};
  const bool is_palette = mode == StoredMode::kPalette;
  const size_t stride = static_cast<size_t>(image.width) * (is_palette ? 1 : bytes_per_pixel(mode));
  image.samples.resize(stride * image.height);
  std::vector<uint8_t*> rows(image.height);
  for (int y = 0; y < image.height; ++y) rows[y] = image.samples.data() + y * stride;

  Stream stream(chunks);
  Reader reader(stream);
  if (!read_pixels(reader, mode == StoredMode::kGray16, rows.data())) {
    refuse(source, "PNG", reader.message);
  }
  if (chunks.is_cut_short && !stream.reached_last_chunk()) {
    refuse(source, "PNG", "the chunk behind the pixels is cut short");
  }
  if (is_palette) image.samples = looked_up(image.samples, chunks.palette);
  return image;
}

}  // namespace mono::model::files
