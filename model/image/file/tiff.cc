#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>

#include "model/image/file/formats.h"
#include "model/image/file/tiff_kind.h"

namespace mono::model::files {
namespace {

struct Memory {
  std::span<const uint8_t> bytes{};
  uint64_t at = 0;
  int num_messages = 0;  // errors and warnings
  char message[256] = "damaged or cut short";
};

tmsize_t read(thandle_t self, void* to, tmsize_t size) {
  auto& memory = *static_cast<Memory*>(self);
  if (size <= 0 || memory.at >= memory.bytes.size()) return 0;
  const auto count =
      std::min<uint64_t>(static_cast<uint64_t>(size), memory.bytes.size() - memory.at);
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
  auto& memory = *static_cast<Memory*>(self);
  ++memory.num_messages;
  std::vsnprintf(memory.message, sizeof(memory.message), format, arguments);
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
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), keep_message, &memory);
  return Tiff(TIFFClientOpenExt(
      "image", "rm", &memory, read, [](thandle_t, void*, tmsize_t) -> tmsize_t { return 0; }, seek,
      [](thandle_t) { return 0; },
      [](thandle_t self) -> toff_t { return static_cast<Memory*>(self)->bytes.size(); }, nullptr,
      nullptr, options.get()));
}

bool is_supported(uint16_t compression) {
  constexpr uint16_t kCompressions[] = {
      COMPRESSION_NONE,      COMPRESSION_CCITTRLE, COMPRESSION_CCITTFAX3,
      COMPRESSION_CCITTFAX4, COMPRESSION_LZW,      COMPRESSION_ADOBE_DEFLATE,
      COMPRESSION_JPEG,      COMPRESSION_PACKBITS, COMPRESSION_DEFLATE};
  return std::find(std::begin(kCompressions), std::end(kCompressions), compression) !=
         std::end(kCompressions);
}

/// Decodes strips or tiles into rows of whole samples.
class Raster {
 public:
  Raster(TIFF* tiff, const Source& source, const Memory& memory, const TiffTags& tags)
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
    const auto block_width =
        is_tiled ? tiff_tag<uint32_t>(tiff_, TIFFTAG_TILEWIDTH, 0) : tags_.width;
    const auto block_height =
        is_tiled
            ? tiff_tag<uint32_t>(tiff_, TIFFTAG_TILELENGTH, 0)
            : std::min(tiff_tag<uint32_t>(tiff_, TIFFTAG_ROWSPERSTRIP, tags_.height), tags_.height);
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
    if (block_bytes > kMostBlockBytes)
      refuse(source_, "TIFF", "a block of ", block_bytes, " bytes");

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
  const TiffTags& tags_;
};

}  // namespace

StoredImage decode_tiff(const Source& source) {
  Memory memory{source.bytes};
  if (source.bytes.size() < 8) refuse(source, "TIFF", "cut short");
  const Tiff tiff = open(memory);
  if (!tiff) refuse(source, "TIFF", memory.message);
  const auto tags = read_tiff_tags(tiff.get(), source.bytes);
  check_size(source, "TIFF", tags.width, tags.height);
  auto kind = tiff_kind(tiff.get(), tags);
  const bool is_plane_odd = tags.planar != PLANARCONFIG_CONTIG && tags.bits % 8 != 0;
  if (!kind || is_plane_odd || !is_supported(tags.compression)) {
    refuse(source, "TIFF", "not supported: photometric ", tags.photometric, ", ", tags.num_samples,
           " samples of ", tags.bits, " bits, format ", tags.format, ", compression ",
           tags.compression, ", ", tags.num_extra, " extra samples");
  }
  kind->bits = tags.bits;
  kind->num_samples = tags.num_samples;
  if (tags.photometric == PHOTOMETRIC_YCBCR) {
    TIFFSetField(tiff.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
  }
  memory.num_messages = 0;
  const auto raster = Raster(tiff.get(), source, memory, tags).read();
  const bool is_fax =
      tags.compression >= COMPRESSION_CCITTRLE && tags.compression <= COMPRESSION_CCITTFAX4;
  // Damaged fax data come out differently from one version of libtiff to the next.
  if (is_fax && memory.num_messages > 0) refuse(source, "TIFF", memory.message);
  return turned(
      unpack_tiff(*kind, static_cast<int>(tags.width), static_cast<int>(tags.height), raster),
      tags.orientation);
}

}  // namespace mono::model::files
