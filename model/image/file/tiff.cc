#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include "model/image/file/formats.h"
#include "model/image/file/tiff_unpack.h"

namespace mono::model::files {
namespace {

struct Memory {
  std::span<const uint8_t> bytes{};
  uint64_t at = 0;
  char message[256] = "damaged or cut short";
};

tmsize_t read(thandle_t self, void* to, tmsize_t size) {
  auto& memory = *static_cast<Memory*>(self);
  if (size <= 0 || memory.at >= memory.bytes.size()) return 0;
  const auto count = std::min<uint64_t>(static_cast<uint64_t>(size),
                                        memory.bytes.size() - memory.at);
  std::memcpy(to, memory.bytes.data() + memory.at, count);
  memory.at += count;
  return static_cast<tmsize_t>(count);
}

toff_t seek(thandle_t self, toff_t offset, int whence) {
  auto& memory = *static_cast<Memory*>(self);
  if (whence == SEEK_SET) memory.at = offset;
  if (whence == SEEK_CUR) memory.at += offset;
  if (whence == SEEK_END) memory.at = memory.bytes.size() + offset;
  return memory.at;
}

int keep_message(TIFF*, void* self, const char*, const char* format, va_list arguments) {
  auto& message = static_cast<Memory*>(self)->message;
  std::vsnprintf(message, sizeof(message), format, arguments);
  return 1;
}

struct CloseTiff {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};
using Tiff = std::unique_ptr<TIFF, CloseTiff>;

Tiff open(Memory& memory) {
  struct FreeOptions {
    void operator()(TIFFOpenOptions* options) const { TIFFOpenOptionsFree(options); }
  };
  const std::unique_ptr<TIFFOpenOptions, FreeOptions> options(TIFFOpenOptionsAlloc());
  if (!options) throw std::bad_alloc();
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_message, &memory);
  TIFFOpenOptionsSetWarningHandlerExtR(
      options.get(), [](TIFF*, void*, const char*, const char*, va_list) { return 1; }, nullptr);
  return Tiff(TIFFClientOpenExt(
      "image", "rm", &memory, read, [](thandle_t, void*, tmsize_t) -> tmsize_t { return 0; }, seek,
      [](thandle_t) { return 0; },
      [](thandle_t self) -> toff_t { return static_cast<Memory*>(self)->bytes.size(); }, nullptr,
      nullptr, options.get()));
}

template <typename T>
T tag(TIFF* tiff, uint32_t id, T otherwise) {
  T value{};
  return TIFFGetFieldDefaulted(tiff, id, &value) == 1 ? value : otherwise;
}

/// Whether the first directory itself holds ExtraSamples; libtiff makes them up where they miss.
bool states_extra_samples(std::span<const uint8_t> bytes) {
  const bool is_big = bytes[0] == 'M';
  const auto number = [&](uint64_t at, int size) {
    uint64_t value = 0;
    for (int i = 0; i < size; ++i) {
      const uint64_t place = at + static_cast<uint64_t>(is_big ? i : size - 1 - i);
      value = value << 8 | (place < bytes.size() ? bytes[place] : 0);
    }
    return value;
  };
  const uint64_t directory = number(4, 4);
  const uint64_t num_entries = number(directory, 2);
  for (uint64_t i = 0; i < num_entries; ++i) {
    if (number(directory + 2 + 12 * i, 2) == TIFFTAG_EXTRASAMPLES) return true;
  }
  return false;
}

struct Tags {
  uint32_t width = 0;
  uint32_t height = 0;
  uint16_t photometric = 0;
  uint16_t bits = 1;
  uint16_t num_samples = 1;
  uint16_t format = 1;
  uint16_t planar = 1;
  uint16_t compression = 1;
  uint16_t fill_order = 1;
  uint16_t orientation = 1;
  int num_extra = 0;
  int first_extra = 0;
  bool is_big_endian = false;
};

Tags read_tags(TIFF* tiff, const Source& source) {
  Tags tags;
  tags.width = tag<uint32_t>(tiff, TIFFTAG_IMAGEWIDTH, 0);
  tags.height = tag<uint32_t>(tiff, TIFFTAG_IMAGELENGTH, 0);
  tags.photometric = tag<uint16_t>(tiff, TIFFTAG_PHOTOMETRIC, 0);
  tags.bits = tag<uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE, 1);
  tags.num_samples = tag<uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  tags.format = tag<uint16_t>(tiff, TIFFTAG_SAMPLEFORMAT, 1);
  tags.planar = tag<uint16_t>(tiff, TIFFTAG_PLANARCONFIG, 1);
  tags.compression = tag<uint16_t>(tiff, TIFFTAG_COMPRESSION, 1);
  tags.fill_order = tag<uint16_t>(tiff, TIFFTAG_FILLORDER, 1);
  tags.orientation = tag<uint16_t>(tiff, TIFFTAG_ORIENTATION, 1);
  tags.is_big_endian = source.bytes[0] == 'M';
  uint16_t count = 0;
  uint16_t* extra = nullptr;
  if (states_extra_samples(source.bytes) &&
      TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &count, &extra) == 1 && count > 0) {
    tags.num_extra = count;
    tags.first_extra = extra[0];
  }
  return tags;
}

/// The kinds of python-pillow/Pillow@11.3.0 src/PIL/TiffImagePlugin.py, OPEN_INFO, that are
/// supported; bits and num_samples are set by the caller.
std::optional<TiffKind> gray_kind(const Tags& tags) {
  const bool is_unsigned = tags.format == SAMPLEFORMAT_UINT;
  TiffKind kind{.mode = StoredMode::kGray, .is_inverted = tags.photometric == 0};
  if (tags.num_extra == 1 && tags.num_samples == 2) {
    if (tags.photometric != 1 || tags.bits != 8 || tags.first_extra != 2) return std::nullopt;
    kind.mode = StoredMode::kGrayAlpha;
    return kind;
  }
  if (tags.num_samples != 1) return std::nullopt;
  switch (tags.bits) {
    case 1:
      kind.mode = StoredMode::kBilevel;
      break;
    case 2:
    case 4:
      break;
    case 8:
      if (tags.format == SAMPLEFORMAT_INT && tags.photometric == 1) return kind;
      break;
    case 12:
    case 16:
      if (tags.format == SAMPLEFORMAT_INT && tags.bits == 16 && tags.photometric == 1) {
        kind.mode = StoredMode::kInt32;
        return kind;
      }
      if (tags.is_big_endian && (tags.bits == 12 || tags.photometric == 0)) return std::nullopt;
      if (tags.bits == 12 && tags.photometric == 0) return std::nullopt;
      kind.mode = StoredMode::kGray16;
      break;
    case 32:
      kind.mode = tags.format == SAMPLEFORMAT_IEEEFP ? StoredMode::kFloat32 : StoredMode::kInt32;
      if (kind.mode == StoredMode::kInt32 && tags.photometric != 1) return std::nullopt;
      if (is_unsigned && tags.is_big_endian) return std::nullopt;
      return kind;
    default:
      return std::nullopt;
  }
  if (!is_unsigned) return std::nullopt;
  return kind;
}

std::optional<TiffKind> rgb_kind(const Tags& tags) {
  if (tags.bits != 8 && tags.bits != 16) return std::nullopt;
  if (tags.num_samples == 3 && tags.num_extra == 0) return TiffKind{.mode = StoredMode::kRgb};
  if (tags.num_samples < 4 || tags.num_samples > (tags.bits == 8 ? 6 : 4)) return std::nullopt;
  if (tags.num_extra == 0 && tags.num_samples == 4) return TiffKind{.mode = StoredMode::kRgba};
  if (tags.num_extra != tags.num_samples - 3) return std::nullopt;
  switch (tags.first_extra) {
    case 0:
      return TiffKind{.mode = StoredMode::kRgb};
    case 1:
      return TiffKind{.mode = StoredMode::kRgba, .is_premultiplied = true};
    case 2:
      return TiffKind{.mode = StoredMode::kRgba};
    default:
      return std::nullopt;
  }
}

std::optional<TiffKind> palette_kind(TIFF* tiff, const Tags& tags) {
  const bool has_extra = tags.num_samples == 2 && tags.num_extra == 1 && tags.bits == 8;
  if (tags.bits > 8 || (tags.num_samples != 1 && !has_extra)) return std::nullopt;
  if (has_extra && tags.first_extra != 2) return std::nullopt;
  uint16_t* channels[3] = {};
  if (TIFFGetField(tiff, TIFFTAG_COLORMAP, &channels[0], &channels[1], &channels[2]) != 1) {
    return std::nullopt;
  }
  TiffKind kind{.mode = has_extra ? StoredMode::kPaletteAlpha : StoredMode::kPalette};
  for (int i = 0; i < 1 << tags.bits; ++i) {
    for (const uint16_t* channel : channels) {
      kind.palette.push_back(static_cast<uint8_t>(channel[i] >> 8));
    }
  }
  return kind;
}

std::optional<TiffKind> kind_of(TIFF* tiff, const Tags& tags) {
  const bool is_plain = tags.fill_order == FILLORDER_MSB2LSB;
  if (!is_plain && (tags.bits > 8 || tags.num_extra > 0 || tags.num_samples > 3)) {
    return std::nullopt;
  }
  if (tags.photometric > PHOTOMETRIC_MINISBLACK && tags.format != SAMPLEFORMAT_UINT) {
    return std::nullopt;
  }
  const bool is_jpeg = tags.compression == COMPRESSION_JPEG;
  switch (tags.photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
      return gray_kind(tags);
    case PHOTOMETRIC_RGB:
      return rgb_kind(tags);
    case PHOTOMETRIC_PALETTE:
      return palette_kind(tiff, tags);
    case PHOTOMETRIC_SEPARATED: {
      const bool fits = (tags.bits == 8 || tags.bits == 16) && tags.num_samples == 4;
      if (fits && tags.num_extra == 0) return TiffKind{.mode = StoredMode::kCmyk};
      return std::nullopt;
    }
    case PHOTOMETRIC_YCBCR:
      if (!is_jpeg || tags.bits != 8 || tags.num_samples != 3 || tags.planar != 1) {
        return std::nullopt;
      }
      return TiffKind{.mode = StoredMode::kRgb};
    default:
      return std::nullopt;
  }
}

bool is_supported(uint16_t compression) {
  constexpr uint16_t kCompressions[] = {
      COMPRESSION_NONE, COMPRESSION_CCITTRLE,      COMPRESSION_CCITTFAX3, COMPRESSION_CCITTFAX4,
      COMPRESSION_LZW,  COMPRESSION_ADOBE_DEFLATE, COMPRESSION_JPEG,      COMPRESSION_PACKBITS,
      COMPRESSION_DEFLATE};
  return std::find(std::begin(kCompressions), std::end(kCompressions), compression) !=
         std::end(kCompressions);
}

/// Decodes strips or tiles into rows of whole samples.
class Raster {
 public:
  Raster(TIFF* tiff, const Source& source, const Memory& memory, const Tags& tags)
      : tiff_(tiff), source_(source), memory_(memory), tags_(tags) {}

  /// \returns [height, ceil(width * num_samples * bits / 8)]
  std::vector<uint8_t> read() {
    if (tags_.planar == PLANARCONFIG_CONTIG) return plane(0, tags_.num_samples);

    const size_t sample_bytes = tags_.bits / 8;
    const size_t num_pixels = static_cast<size_t>(tags_.width) * tags_.height;
    std::vector<uint8_t> all(num_pixels * tags_.num_samples * sample_bytes);
    for (uint16_t sample = 0; sample < tags_.num_samples; ++sample) {
      const auto one = plane(sample, 1);
      for (size_t i = 0; i < num_pixels; ++i) {
        std::copy_n(one.data() + i * sample_bytes, sample_bytes,
                    all.data() + (i * tags_.num_samples + sample) * sample_bytes);
      }
    }
    return all;
  }

 private:
  std::vector<uint8_t> plane(uint16_t sample, int samples_in_plane) {
    const bool is_tiled = TIFFIsTiled(tiff_) != 0;
    const auto block_width = is_tiled ? tag<uint32_t>(tiff_, TIFFTAG_TILEWIDTH, 0) : tags_.width;
    const auto block_height =
        is_tiled ? tag<uint32_t>(tiff_, TIFFTAG_TILELENGTH, 0)
                 : std::min(tag<uint32_t>(tiff_, TIFFTAG_ROWSPERSTRIP, tags_.height), tags_.height);
    const size_t pixel_bits = static_cast<size_t>(samples_in_plane) * tags_.bits;
    const size_t stride = (tags_.width * pixel_bits + 7) / 8;
    const size_t block_stride = (block_width * pixel_bits + 7) / 8;
    const auto block_bytes = static_cast<size_t>(
        std::max<tmsize_t>(is_tiled ? TIFFTileSize(tiff_) : TIFFStripSize(tiff_), 0));
    if (block_width == 0 || block_height == 0 || (is_tiled && block_width * pixel_bits % 8 != 0) ||
        block_bytes != block_stride * block_height) {
      refuse(source_, "TIFF", "blocks of ", block_width, "x", block_height, " pixels in ",
             block_bytes, " bytes");
    }
    constexpr size_t kMostBlockBytes = size_t{1} << 32;
    if (block_bytes > kMostBlockBytes) refuse(source_, "TIFF", "a block of ", block_bytes, " bytes");

    std::vector<uint8_t> rows(stride * tags_.height);
    std::vector<uint8_t> block(block_bytes);
    for (uint32_t top = 0; top < tags_.height; top += block_height) {
      for (uint32_t left = 0; left < tags_.width; left += block_width) {
        const auto num_rows = std::min(block_height, tags_.height - top);
        read_block(is_tiled, left, top, sample, num_rows * block_stride, block);
        const size_t offset = left * pixel_bits / 8;
        const size_t count = std::min(block_stride, stride - offset);
        for (uint32_t y = 0; y < num_rows; ++y) {
          std::copy_n(block.data() + y * block_stride, count,
                      rows.data() + (top + y) * stride + offset);
        }
      }
    }
    return rows;
  }

  void read_block(bool is_tiled, uint32_t left, uint32_t top, uint16_t sample, size_t needed,
                  std::vector<uint8_t>& block) {
    const auto size = static_cast<tmsize_t>(block.size());
    const auto count =
        is_tiled ? TIFFReadEncodedTile(tiff_, TIFFComputeTile(tiff_, left, top, 0, sample),
                                       block.data(), size)
                 : TIFFReadEncodedStrip(tiff_, TIFFComputeStrip(tiff_, top, sample), block.data(),
                                        static_cast<tmsize_t>(needed));
    if (count < 0 || static_cast<size_t>(count) < needed) {
      refuse(source_, "TIFF", memory_.message);
    }
  }

  TIFF* tiff_ = nullptr;
  const Source& source_;
  const Memory& memory_;
  const Tags& tags_;
};

}  // namespace

StoredImage decode_tiff(const Source& source) {
  Memory memory{source.bytes};
  if (source.bytes.size() < 8) refuse(source, "TIFF", "cut short");
  const Tiff tiff = open(memory);
  if (!tiff) refuse(source, "TIFF", memory.message);
  const auto tags = read_tags(tiff.get(), source);
  check_size(source, "TIFF", tags.width, tags.height);
  auto kind = kind_of(tiff.get(), tags);
  const bool is_plane_odd = tags.planar != PLANARCONFIG_CONTIG && tags.bits % 8 != 0;
  if (!kind || is_plane_odd || !is_supported(tags.compression)) {
    refuse(source, "TIFF", "not supported: photometric ", tags.photometric, ", ",
           tags.num_samples, " samples of ", tags.bits, " bits, format ", tags.format,
           ", compression ", tags.compression, ", ", tags.num_extra, " extra samples");
  }
  kind->bits = tags.bits;
  kind->num_samples = tags.num_samples;
  if (tags.photometric == PHOTOMETRIC_YCBCR) {
    TIFFSetField(tiff.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  const auto raster = Raster(tiff.get(), source, memory, tags).read();
  return turned(unpack_tiff(*kind, static_cast<int>(tags.width), static_cast<int>(tags.height),
                            raster),
                tags.orientation);
}

}  // namespace mono::model::files
