#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "model/image/file/formats.h"

namespace mono::model::files {
namespace {

struct Input {
  std::span<const uint8_t> rest{};
};

int read_bytes(GifFileType* gif, GifByteType* to, int size) {
  auto& rest = static_cast<Input*>(gif->UserData)->rest;
  const auto count = std::min<size_t>(rest.size(), static_cast<size_t>(std::max(size, 0)));
  std::memcpy(to, rest.data(), count);
  rest = rest.subspan(count);
  return static_cast<int>(count);
}

struct CloseGif {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};
using Gif = std::unique_ptr<GifFileType, CloseGif>;

[[noreturn]] void refuse_gif(const Source& source, int code) {
  const char* const reason = GifErrorString(code);
  refuse(source, "GIF", reason != nullptr ? reason : "damaged or cut short");
}

/// Walks to the first image descriptor.
/// \returns the transparent index of that frame, if it has one.
std::optional<int> skip_to_frame(const Source& source, GifFileType* gif) {
  constexpr int kGraphicControl = 0xf9;
  std::optional<int> transparent;
  for (;;) {
    GifRecordType record{};
    if (DGifGetRecordType(gif, &record) == GIF_ERROR) refuse_gif(source, gif->Error);
    if (record == IMAGE_DESC_RECORD_TYPE) break;
    if (record == TERMINATE_RECORD_TYPE) refuse(source, "GIF", "no image before the trailer");

    int code = 0;
    GifByteType* block = nullptr;  // block[0] is the length
    if (DGifGetExtension(gif, &code, &block) == GIF_ERROR) refuse_gif(source, gif->Error);
    if (code == kGraphicControl && block != nullptr && block[0] >= 4 && (block[1] & 1) != 0) {
      transparent = block[4];
    }
    while (block != nullptr) {
      if (DGifGetExtensionNext(gif, &block) == GIF_ERROR) refuse_gif(source, gif->Error);
    }
  }
  if (DGifGetImageDesc(gif) == GIF_ERROR) refuse_gif(source, gif->Error);
  return transparent;
}

/// Whether colours say more than their index; Pillow reads the picture as gray if not.
bool is_palette_needed(const ColorMapObject* colours) {
  if (colours == nullptr) return false;
  for (int i = 0; i < colours->ColorCount; ++i) {
    const auto& colour = colours->Colors[i];
    if (colour.Red != i || colour.Green != i || colour.Blue != i) return true;
  }
  return false;
}

/// Reads the frame into its place on the canvas.
/// \param canvas  [height, width] indices
void read_frame(const Source& source, GifFileType* gif, std::vector<uint8_t>& canvas, int width) {
  constexpr int kFirstRow[] = {0, 4, 2, 1};
  constexpr int kRowStep[] = {8, 8, 4, 2};
  const auto& frame = gif->Image;
  const auto read_row = [&](int y) {
    uint8_t* const to = canvas.data() + static_cast<size_t>(frame.Top + y) * width + frame.Left;
    if (DGifGetLine(gif, to, frame.Width) == GIF_ERROR) refuse_gif(source, gif->Error);
  };
  if (!frame.Interlace) {
    for (int y = 0; y < frame.Height; ++y) read_row(y);
    return;
  }
  for (int pass = 0; pass < 4; ++pass) {
    for (int y = kFirstRow[pass]; y < frame.Height; y += kRowStep[pass]) read_row(y);
  }
}

}  // namespace

StoredImage decode_gif(const Source& source) {
  Input input{source.bytes};
  int code = 0;
  const Gif gif(DGifOpen(&input, read_bytes, &code));
  if (!gif) refuse_gif(source, code);
  check_size(source, "GIF", gif->SWidth, gif->SHeight);
  const auto transparent = skip_to_frame(source, gif.get());
  const auto& frame = gif->Image;
  if (frame.Left < 0 || frame.Top < 0) refuse(source, "GIF", "a frame outside the canvas");
  check_size(source, "GIF", frame.Width, frame.Height);
  const int width = std::max(gif->SWidth, frame.Left + frame.Width);
  const int height = std::max(gif->SHeight, frame.Top + frame.Height);
  check_size(source, "GIF", width, height);

  std::vector<uint8_t> canvas(static_cast<size_t>(width) * height,
                              static_cast<uint8_t>(transparent.value_or(0)));
  read_frame(source, gif.get(), canvas, width);

  const auto* const colours = frame.ColorMap != nullptr ? frame.ColorMap : gif->SColorMap;
  const bool is_palette = is_palette_needed(colours);
  StoredImage image{is_palette ? StoredMode::kPalette : StoredMode::kGray, width, height, {}, {}};
  image.samples.resize(canvas.size() * 3);
  uint8_t* to = image.samples.data();
  for (const uint8_t index : canvas) {
    if (is_palette && index < colours->ColorCount) {
      const auto& colour = colours->Colors[index];
      *to++ = colour.Red;
      *to++ = colour.Green;
      *to++ = colour.Blue;
    } else {
      to = std::fill_n(to, 3, index);
    }
  }
  return image;
}

}  // namespace mono::model::files
