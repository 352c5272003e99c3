#include <algorithm>
#include <array>
#include <optional>

#include "model/image/file/bmp_rle.h"
#include "model/image/file/formats.h"

namespace mono::model::files {
namespace {

/// Where each channel lies in a pixel of 3 or 4 bytes; alpha is -1 where there is none.
struct ByteOrder {
  int red = 2;
  int green = 1;
  int blue = 0;
  int alpha = -1;
};

enum Compression : uint32_t { kRaw = 0, kRle8 = 1, kRle4 = 2, kBitFields = 3 };

struct Header {
  int64_t width = 0;
  int64_t height = 0;
  bool is_top_down = false;
  int bits = 0;
  uint32_t compression = kRaw;
  size_t pixels_at = 0;
  StoredMode mode = StoredMode::kRgb;
  ByteOrder order{};
  bool is_565 = false;             // 16 bits: green has six of them
  std::vector<uint8_t> palette{};  // [256, 3] where bits <= 8
};

class Reader {
 public:
  explicit Reader(const Source& source) : source_(source) {}

  uint32_t byte(size_t at) const {
    if (at >= source_.bytes.size()) refuse(source_, "BMP", "the header is cut short");
    return source_.bytes[at];
  }
  uint32_t word(size_t at) const { return byte(at) | byte(at + 1) << 8; }
  uint32_t dword(size_t at) const { return word(at) | word(at + 2) << 16; }

 private:
  const Source& source_;
};

constexpr size_t kFileHeaderBytes = 14;

using Masks = std::array<uint32_t, 4>;  // red, green, blue, alpha

/// The layouts of python-pillow/Pillow@11.3.0 src/PIL/BmpImagePlugin.py; no other is read.
void apply_masks(const Source& source, const Masks& masks, Header& header) {
  struct Known {
    Masks masks{};
    ByteOrder order{};
  };
  constexpr Known kKnown[] = {
      {{0xff0000, 0xff00, 0xff, 0}, {2, 1, 0, -1}},
      {{0xff000000, 0xff0000, 0xff00, 0}, {3, 2, 1, -1}},
      {{0xff000000, 0xff00, 0xff, 0}, {3, 1, 0, -1}},
      {{0xff000000, 0xff0000, 0xff00, 0xff}, {3, 2, 1, 0}},
      {{0xff, 0xff00, 0xff0000, 0xff000000}, {0, 1, 2, 3}},
      {{0xff0000, 0xff00, 0xff, 0xff000000}, {2, 1, 0, 3}},
      {{0xff000000, 0xff00, 0xff, 0xff0000}, {3, 1, 0, 2}},
      {{0, 0, 0, 0}, {2, 1, 0, 3}},
  };
  if (header.bits == 32) {
    for (const auto& known : kKnown) {
      if (known.masks != masks) continue;
      header.order = known.order;
      if (known.order.alpha >= 0) header.mode = StoredMode::kRgba;
      return;
    }
  }
  const std::array<uint32_t, 3> colours{masks[0], masks[1], masks[2]};
  const bool is_565 = colours == std::array<uint32_t, 3>{0xf800, 0x7e0, 0x1f};
  const bool is_555 = colours == std::array<uint32_t, 3>{0x7c00, 0x3e0, 0x1f};
  const bool is_bgr = colours == std::array<uint32_t, 3>{0xff0000, 0xff00, 0xff};
  if ((header.bits == 16 && (is_565 || is_555)) || (header.bits == 24 && is_bgr)) {
    header.is_565 = is_565;
    return;
  }
  refuse(source, "BMP", "bit fields ", masks[0], " ", masks[1], " ", masks[2], " ", masks[3],
         " with ", header.bits, " bits");
}

/// Reads the palette; Pillow takes a picture whose colours are the gray of their index for 1 or L.
/// \returns where the palette ends.
size_t read_palette(const Source& source, size_t at, size_t entry_bytes, uint32_t num_colours,
                    Header& header) {
  const Reader file(source);
  constexpr uint32_t kMostColours = 256;
  if (num_colours > kMostColours) refuse(source, "BMP", "a palette of ", num_colours, " colours");
  bool is_gray = true;
  for (uint32_t i = 0; i < kMostColours; ++i) {
    const uint32_t gray = num_colours == 2 ? i * 255 : i;
    for (size_t k = 0; k < 3; ++k) {
      const uint32_t value = i < num_colours ? file.byte(at + i * entry_bytes + 2 - k) : 0;
      if (i < num_colours && value != gray) is_gray = false;
      header.palette.push_back(static_cast<uint8_t>(value));
    }
  }
  header.mode = StoredMode::kPalette;
  if (is_gray) header.mode = num_colours == 2 ? StoredMode::kBilevel : StoredMode::kGray;
  return at + num_colours * entry_bytes;
}

Masks read_masks(const Reader& file, size_t header_bytes) {
  constexpr size_t kMasksAt = kFileHeaderBytes + 40;
  Masks masks{file.dword(kMasksAt), file.dword(kMasksAt + 4), file.dword(kMasksAt + 8), 0};
  if (header_bytes >= 56) masks[3] = file.dword(kMasksAt + 12);
  return masks;
}

Header read_header(const Source& source) {
  const Reader file(source);
  const size_t at = kFileHeaderBytes;
  const size_t header_bytes = file.dword(at);
  const bool is_core = header_bytes == 12;
  constexpr size_t kKnown[] = {12, 40, 52, 56, 64, 108, 124};
  if (std::find(std::begin(kKnown), std::end(kKnown), header_bytes) == std::end(kKnown)) {
    refuse(source, "BMP", "a header of ", header_bytes, " bytes");
  }
  Header header;
  header.width = is_core ? file.word(at + 4) : file.dword(at + 4);
  header.height = is_core ? file.word(at + 6) : file.dword(at + 8);
  header.is_top_down = !is_core && file.byte(at + 11) == 0xff;
  if (header.is_top_down) header.height = (int64_t{1} << 32) - header.height;
  header.bits = static_cast<int>(is_core ? file.word(at + 10) : file.word(at + 14));
  header.compression = is_core ? uint32_t{kRaw} : file.dword(at + 16);
  check_size(source, "BMP", header.width, header.height);
  constexpr int kDepths[] = {1, 4, 8, 16, 24, 32};
  if (std::find(std::begin(kDepths), std::end(kDepths), header.bits) == std::end(kDepths)) {
    refuse(source, "BMP", header.bits, " bits a pixel");
  }

  size_t end = at + header_bytes;
  if (header.compression == kBitFields) {
    apply_masks(source, read_masks(file, header_bytes), header);
    if (header_bytes == 40) end += 12;
  } else if (header.compression > kBitFields) {
    refuse(source, "BMP", "compression ", header.compression);
  }
  header.pixels_at = file.dword(10);
  if (header.bits <= 8) {
    uint32_t num_colours = is_core ? 0 : file.dword(at + 32);
    if (num_colours == 0) num_colours = 1U << header.bits;
    const bool starts_at_palette = header.pixels_at == end;
    end = read_palette(source, end, is_core ? 3 : 4, num_colours, header);
    if (starts_at_palette) header.pixels_at += size_t{4} * num_colours;
  }
  if (header.pixels_at == 0) header.pixels_at = end;
  return header;
}

/// A value of five or six bits scaled to a byte.
uint8_t scaled(uint32_t value, uint32_t highest) {
  return static_cast<uint8_t>((value & highest) * 255 / highest);
}

/// One pixel of 16, 24 or 32 bits.
uint8_t* put_pixel(const Header& header, const uint8_t* from, uint8_t* to) {
  if (header.bits == 16) {
    const uint32_t value = from[0] | static_cast<uint32_t>(from[1]) << 8;
    *to++ = scaled(value >> (header.is_565 ? 11 : 10), 31);
    *to++ = scaled(value >> 5, header.is_565 ? 63 : 31);
    *to++ = scaled(value, 31);
    return to;
  }
  const auto& order = header.order;
  *to++ = from[order.red];
  *to++ = from[order.green];
  *to++ = from[order.blue];
  if (order.alpha >= 0) *to++ = from[order.alpha];
  return to;
}

uint8_t* put_index(const Header& header, uint8_t index, uint8_t* to) {
  if (header.mode == StoredMode::kBilevel) return std::fill_n(to, 3, index != 0 ? 255 : 0);
  if (header.mode == StoredMode::kGray) return std::fill_n(to, 3, index);
  return std::copy_n(header.palette.begin() + 3 * index, 3, to);
}

/// Rows of indices, one byte each, in file order.
std::vector<uint8_t> read_indices(const Source& source, const Header& header, size_t stride) {
  const size_t width = static_cast<size_t>(header.width);
  std::vector<uint8_t> indices;
  indices.reserve(width * header.height);
  for (int64_t y = 0; y < header.height; ++y) {
    const uint8_t* const row = source.bytes.data() + header.pixels_at + y * stride;
    for (size_t x = 0; x < width; ++x) {
      const size_t bit = x * header.bits;
      const int shift = 8 - header.bits - static_cast<int>(bit % 8);
      indices.push_back(static_cast<uint8_t>(row[bit / 8] >> shift & ((1 << header.bits) - 1)));
    }
  }
  return indices;
}

}  // namespace

StoredImage decode_bmp(const Source& source) {
  const auto header = read_header(source);
  const auto stride = static_cast<size_t>((header.width * header.bits + 31) / 32 * 4);
  const bool is_rle = header.compression == kRle8 || header.compression == kRle4;
  const auto row_bytes = static_cast<size_t>((header.width * header.bits + 7) / 8);
  const size_t needed =  // the last row may lack its padding
      header.pixels_at + (is_rle ? 0 : stride * (header.height - 1) + row_bytes);
  if (source.bytes.size() < needed) {
    refuse(source, "BMP", "cut short: ", source.bytes.size(), " bytes, expected ", needed);
  }
  const auto width = static_cast<int>(header.width);
  const auto height = static_cast<int>(header.height);
  std::vector<uint8_t> indices;
  if (is_rle) {
    if (header.bits > 8) refuse(source, "BMP", "run lengths with ", header.bits, " bits");
    indices = unpack_bmp_runs(source, header.pixels_at, width, height, header.compression == kRle4);
  } else if (header.bits <= 8) {
    indices = read_indices(source, header, stride);
  }

  StoredImage image{header.mode, width, height, {}};
  image.samples.resize(static_cast<size_t>(width) * height * bytes_per_pixel(header.mode));
  uint8_t* to = image.samples.data();
  for (int y = 0; y < height; ++y) {
    const int64_t row = header.is_top_down ? y : height - 1 - y;
    const uint8_t* const pixels = source.bytes.data() + header.pixels_at + row * stride;
    for (int64_t x = 0; x < width; ++x) {
      to = indices.empty() ? put_pixel(header, pixels + x * (header.bits / 8), to)
                           : put_index(header, indices[row * width + x], to);
    }
  }
  return image;
}

}  // namespace mono::model::files
