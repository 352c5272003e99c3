#include "model/image/file/tiff_kind.h"

namespace mono::model::files {
namespace {

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

std::optional<TiffKind> gray_kind(const TiffTags& tags) {
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

std::optional<TiffKind> rgb_kind(const TiffTags& tags) {
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

std::optional<TiffKind> palette_kind(TIFF* tiff, const TiffTags& tags) {
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

}  // namespace

TiffTags read_tiff_tags(TIFF* tiff, std::span<const uint8_t> bytes) {
  TiffTags tags;
  tags.width = tiff_tag<uint32_t>(tiff, TIFFTAG_IMAGEWIDTH, 0);
  tags.height = tiff_tag<uint32_t>(tiff, TIFFTAG_IMAGELENGTH, 0);
  tags.photometric = tiff_tag<uint16_t>(tiff, TIFFTAG_PHOTOMETRIC, 0);
  tags.bits = tiff_tag<uint16_t>(tiff, TIFFTAG_BITSPERSAMPLE, 1);
  tags.num_samples = tiff_tag<uint16_t>(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
  tags.format = tiff_tag<uint16_t>(tiff, TIFFTAG_SAMPLEFORMAT, 1);
  tags.planar = tiff_tag<uint16_t>(tiff, TIFFTAG_PLANARCONFIG, 1);
  tags.compression = tiff_tag<uint16_t>(tiff, TIFFTAG_COMPRESSION, 1);
  tags.fill_order = tiff_tag<uint16_t>(tiff, TIFFTAG_FILLORDER, 1);
  tags.orientation = tiff_tag<uint16_t>(tiff, TIFFTAG_ORIENTATION, 1);
  tags.is_big_endian = bytes[0] == 'M';
  uint16_t count = 0;
  uint16_t* extra = nullptr;
  if (states_extra_samples(bytes) &&
      TIFFGetField(tiff, TIFFTAG_EXTRASAMPLES, &count, &extra) == 1 && count > 0) {
    tags.num_extra = count;
    tags.first_extra = extra[0];
  }
  return tags;
}

std::optional<TiffKind> tiff_kind(TIFF* tiff, const TiffTags& tags) {
  const bool is_plain = tags.fill_order == FILLORDER_MSB2LSB;
  const bool is_gray16 = tags.bits == 16 && tags.photometric == 1 && tags.num_samples == 1 &&
                         tags.format == SAMPLEFORMAT_UINT && !tags.is_big_endian;
  if (!is_plain && !is_gray16 && (tags.bits > 8 || tags.num_extra > 0 || tags.num_samples > 3)) {
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

}  // namespace mono::model::files
