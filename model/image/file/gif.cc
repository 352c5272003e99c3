#include <algorithm>
#include <optional>

#include "model/image/file/formats.h"
#include "model/image/file/gif_lzw.h"

namespace mono::model::files {
namespace {

using Bytes = std::span<const uint8_t>;

struct Frame {
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  bool is_interlaced = false;
  int code_bits = 0;
  std::optional<Bytes> palette{};  // R G B each; the frame's own or the file's
  std::optional<int> transparent{};
};

/// Walks the blocks of a GIF file up to the pixels of its first frame.
class BlockReader {
 public:
  explicit BlockReader(const Source& source) : source_(source) {}

  Bytes take(size_t size) {
    if (source_.bytes.size() - at_ < size) refuse(source_, "GIF", "cut short at byte ", at_);
    const auto bytes = source_.bytes.subspan(at_, size);
    at_ += size;
    return bytes;
  }
  uint8_t byte() { return take(1)[0]; }

  /// The next data block; empty where none follows.
  Bytes block() {
    const size_t size = byte();
    return take(size);
  }

  /// A palette of 2 to 256 colours, as the low bits of `flags` say.
  Bytes palette(int flags) { return take(size_t{3} << ((flags & 7) + 1)); }

 private:
  const Source& source_;
  size_t at_ = 0;
};

int word(Bytes bytes, size_t at) {
  return bytes[at] | bytes[at + 1] << 8;
}

/// Reads an extension; the graphic control extension names the transparent index.
void read_extension(const Source& source, BlockReader& reader, Frame& frame) {
  constexpr int kGraphicControl = 0xf9;
  const int label = reader.byte();
  auto block = reader.block();
  if (label == kGraphicControl && !block.empty() && (block[0] & 1) != 0) {
    if (block.size() < 4) refuse(source, "GIF", "a graphic control of ", block.size(), " bytes");
    frame.transparent = block[3];
  }
  while (!block.empty()) block = reader.block();
}

/// Whether colours say more than their index; Pillow reads the picture as gray if not.
bool is_palette_needed(const std::optional<Bytes>& palette) {
  if (!palette) return false;
  for (size_t i = 0; i < palette->size(); ++i) {
    if ((*palette)[i] != i / 3) return true;
  }
  return false;
}

Frame read_to_frame(const Source& source, BlockReader& reader, std::optional<Bytes> palette) {
  constexpr int kHasPalette = 0x80;
  constexpr int kIsInterlaced = 0x40;
  Frame frame{.palette = palette};
  for (;;) {
    const int kind = reader.byte();
    if (kind == ';') refuse(source, "GIF", "no picture before the trailer");
    if (kind == '!') read_extension(source, reader, frame);
    if (kind == ',') break;
  }
  const auto head = reader.take(9);
  frame.left = word(head, 0);
  frame.top = word(head, 2);
  frame.width = word(head, 4);
  frame.height = word(head, 6);
  frame.is_interlaced = (head[8] & kIsInterlaced) != 0;
  if ((head[8] & kHasPalette) != 0) {
    const auto own = reader.palette(head[8]);
    // Pillow passes over a palette that is the gray of its index, even for one that is not.
    if (is_palette_needed(own) || !is_palette_needed(frame.palette)) frame.palette = own;
  }
  frame.code_bits = reader.byte();
  return frame;
}

/// \returns [height, width] indices of the frame, in file order.
std::vector<uint8_t> read_indices(const Source& source, BlockReader& reader, const Frame& frame) {
  constexpr int kMostCodeBits = 11;  // above 8 against the standard, but Pillow reads it
  if (frame.code_bits > kMostCodeBits) {
    refuse(source, "GIF", "codes of ", frame.code_bits, " bits");
  }
  std::vector<uint8_t> indices(static_cast<size_t>(frame.width) * frame.height);
  GifLzw lzw(frame.code_bits, indices);
  while (!lzw.is_done()) {
    const auto block = reader.block();
    if (block.empty() || lzw.saw_end()) refuse(source, "GIF", "the image data are cut short");
    if (!lzw.take(block)) refuse(source, "GIF", "damaged image data");
  }
  return indices;
}

/// Rows of the picture in the order in which the file holds them.
std::vector<int> row_order(int height, bool is_interlaced) {
  std::vector<int> rows;
  const auto add = [&](int first, int step) {
    for (int y = first; y < height; y += step) rows.push_back(y);
  };
  if (!is_interlaced) {
    add(0, 1);
    return rows;
  }
  add(0, 8);
  add(4, 8);
  add(2, 4);
  add(1, 2);
  return rows;
}

}  // namespace

StoredImage decode_gif(const Source& source) {
  constexpr int kHasPalette = 0x80;
  BlockReader reader(source);
  const auto head = reader.take(13);
  std::optional<Bytes> palette;
  if ((head[10] & kHasPalette) != 0) palette = reader.palette(head[10]);
  const auto frame = read_to_frame(source, reader, palette);
  check_size(source, "GIF", frame.width, frame.height);
  const int width = std::max(word(head, 6), frame.left + frame.width);
  const int height = std::max(word(head, 8), frame.top + frame.height);
  check_size(source, "GIF", width, height);

  const auto indices = read_indices(source, reader, frame);
  std::vector<uint8_t> canvas(static_cast<size_t>(width) * height,
                              static_cast<uint8_t>(frame.transparent.value_or(0)));
  const uint8_t* from = indices.data();
  for (const int y : row_order(frame.height, frame.is_interlaced)) {
    std::copy_n(from, frame.width,
                canvas.data() + static_cast<size_t>(frame.top + y) * width + frame.left);
    from += frame.width;
  }

  const bool is_palette = is_palette_needed(frame.palette);
  StoredImage image{is_palette ? StoredMode::kPalette : StoredMode::kGray, width, height, {}};
  image.samples.resize(canvas.size() * 3);
  uint8_t* to = image.samples.data();
  for (const uint8_t index : canvas) {
    const size_t at = size_t{3} * index;
    if (!is_palette) {
      to = std::fill_n(to, 3, index);
    } else if (at < frame.palette->size()) {
      to = std::copy_n(frame.palette->begin() + static_cast<ptrdiff_t>(at), 3, to);
    } else {
      to = std::fill_n(to, 3, 0);  // outside the palette, black as in Pillow
    }
  }
  return image;
}

}  // namespace mono::model::files
