#include "model/image/file/png_chunks.h"

#include <zlib.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

namespace mono::model::files {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr size_t kSignatureBytes = 8;

uint32_t big_endian(Bytes bytes, size_t at) {
  return static_cast<uint32_t>(bytes[at]) << 24 | static_cast<uint32_t>(bytes[at + 1]) << 16 |
         static_cast<uint32_t>(bytes[at + 2]) << 8 | static_cast<uint32_t>(bytes[at + 3]);
}

struct Chunk {
  std::string_view type{};
  Bytes data{};
  bool is_whole = true;
};

class ChunkWalk {
 public:
  explicit ChunkWalk(const Source& source) : source_(source) {}

  PngChunks walk() {
    while (read_one_before_image()) {
    }
    if (chunks_.image.empty()) refuse(source_, "PNG", "no image data");
    read_rest_of_image();
    while (read_one_after_image()) {
    }
    return chunks_;
  }

 private:
  /// The next chunk, or nothing where no chunk begins.
  std::optional<Chunk> next() {
    const Bytes rest = source_.bytes.subspan(std::min(at_, source_.bytes.size()));
    if (rest.size() < 8) return std::nullopt;
    const auto is_word = [](uint8_t c) { return std::isalnum(c) != 0 || c == '_'; };
    if (!std::all_of(rest.begin() + 4, rest.begin() + 8, is_word)) return std::nullopt;
    const size_t length = big_endian(rest, 0);
    const Bytes body = rest.subspan(8);
    at_ += 8 + length + 4;
    return Chunk{.type = {reinterpret_cast<const char*>(rest.data()) + 4, 4},
                 .data = body.first(std::min(length, body.size())),
                 .is_whole = length <= body.size()};
  }

  bool read_one_before_image() {
    const size_t begin = at_;
    const auto chunk = next();
    if (!chunk) refuse(source_, "PNG", "no chunk at byte ", begin);
    if (chunk->type == "IDAT") {
      add_image_data(*chunk);
      return false;
    }
    if (chunk->type == "IEND" || chunk->type == "fdAT") {
      refuse(source_, "PNG", chunk->type, " before any image data");
    }
    require_whole(*chunk);
    check_sum(*chunk);
    handle(*chunk);
    return true;
  }

  /// The IDAT chunks that follow the first one without a gap.
  void read_rest_of_image() {
    for (;;) {
      const size_t begin = at_;
      const auto chunk = next();
      if (!chunk || chunk->type != "IDAT") {
        at_ = begin;
        return;
      }
      add_image_data(*chunk);
    }
  }

  bool read_one_after_image() {
    const auto chunk = next();
    if (!chunk || chunk->type == "IEND") return false;
    if (chunk->type == "fcTL" && is_animated()) return false;
    require_whole(*chunk);
    handle(*chunk);
    return true;
  }

  /// A picture before the first frame control counts as a frame.
  bool is_animated() const {
    return num_frames_ && *num_frames_ + uint64_t{has_default_image_ ? 1U : 0U} > 1;
  }

  void add_image_data(const Chunk& chunk) {
    if (!has_header_) refuse(source_, "PNG", "no IHDR before the image data");
    chunks_.image.push_back(chunk.data);
    chunks_.is_cut_short = !chunk.is_whole;
    has_default_image_ = !sequence_;
  }

  void require_whole(const Chunk& chunk) const {
    if (!chunk.is_whole) refuse(source_, "PNG", "chunk ", chunk.type, " is cut short");
  }

  void require_length(const Chunk& chunk, size_t least) const {
    if (chunk.data.size() < least) {
      refuse(source_, "PNG", "chunk ", chunk.type, " has ", chunk.data.size(), " bytes, expected ",
             least);
    }
  }

  void check_sum(const Chunk& chunk) const {
    const auto* const type = reinterpret_cast<const uint8_t*>(chunk.type.data());
    const size_t behind =
        static_cast<size_t>(chunk.data.data() - source_.bytes.data()) + chunk.data.size();
    if (source_.bytes.size() < behind + 4) {
      refuse(source_, "PNG", "chunk ", chunk.type, " has no checksum");
    }
    auto sum = crc32(crc32(0, nullptr, 0), type, 4);
    if (!chunk.data.empty()) sum = crc32_z(sum, chunk.data.data(), chunk.data.size());
    const uint32_t stored = big_endian(source_.bytes, behind);
    if (sum != stored) {
      refuse(source_, "PNG", "chunk ", chunk.type, " has checksum ", stored, ", expected ", sum);
    }
  }

  void handle(const Chunk& chunk) {
    if (chunk.type == "IHDR") return read_header(chunk);
    if (chunk.type == "PLTE") chunks_.palette = chunk.data;
    if (chunk.type == "acTL") read_animation(chunk);
    if (chunk.type == "fcTL") read_frame_control(chunk);
    if (chunk.type == "fdAT") read_frame_data(chunk);
    if (chunk.type == "sRGB") require_length(chunk, 1);
    if (chunk.type == "gAMA") require_length(chunk, 4);
    if (chunk.type == "pHYs") require_length(chunk, 9);
    if (chunk.type == "tRNS" && chunks_.colour_type == 0) require_length(chunk, 2);
    if (chunk.type == "tRNS" && chunks_.colour_type == 2) require_length(chunk, 6);
    if (chunk.type == "iCCP" || chunk.type == "zTXt") check_compression(chunk);
  }

  void read_header(const Chunk& chunk) {
    require_length(chunk, 13);
    chunks_.width = big_endian(chunk.data, 0);
    chunks_.height = big_endian(chunk.data, 4);
    has_header_ = true;
    chunks_.bit_depth = chunk.data[8];
    chunks_.colour_type = chunk.data[9];
    chunks_.is_interlaced = chunk.data[12] != 0;
    if (chunk.data[11] != 0) refuse(source_, "PNG", "unknown filter method");
  }

  void read_animation(const Chunk& chunk) {
    require_length(chunk, 8);
    const uint32_t count = big_endian(chunk.data, 0);
    const bool is_repeated = num_frames_.has_value();
    num_frames_.reset();
    if (!is_repeated && count != 0 && count <= 0x80000000U) num_frames_ = count;
  }

  void count_sequence(const Chunk& chunk) {
    const uint32_t number = big_endian(chunk.data, 0);
    const uint32_t expected = sequence_ ? *sequence_ + 1 : 0;
    if (number != expected) {
      refuse(source_, "PNG", "chunk ", chunk.type, " has sequence number ", number, ", expected ",
             expected);
    }
    sequence_ = number;
  }

  void read_frame_control(const Chunk& chunk) {
    require_length(chunk, 26);
    count_sequence(chunk);
    const uint64_t width = big_endian(chunk.data, 4);
    const uint64_t height = big_endian(chunk.data, 8);
    const uint64_t left = big_endian(chunk.data, 12);
    const uint64_t top = big_endian(chunk.data, 16);
    if (left + width > chunks_.width || top + height > chunks_.height) {
      refuse(source_, "PNG", "an animation frame outside the image");
    }
    const bool is_all = width == chunks_.width && height == chunks_.height;
    if (chunks_.image.empty() && !is_all) {
      refuse(source_, "PNG", "a first animation frame of ", width, "x", height, ", only whole ",
             chunks_.width, "x", chunks_.height, " is supported");
    }
  }

  void read_frame_data(const Chunk& chunk) {
    require_length(chunk, 4);
    if (!sequence_) refuse(source_, "PNG", "fdAT before any fcTL");
    count_sequence(chunk);
  }

  void check_compression(const Chunk& chunk) const {
    const auto end = std::find(chunk.data.begin(), chunk.data.end(), 0);
    const auto left = chunk.data.end() - end;
    if (chunk.type == "iCCP" && left < 2) refuse(source_, "PNG", "chunk iCCP is cut short");
    if (left >= 2 && end[1] != 0) {
      refuse(source_, "PNG", "unknown compression in chunk ", chunk.type);
    }
  }

  const Source& source_;
  size_t at_ = kSignatureBytes;
  PngChunks chunks_{};
  bool has_header_ = false;
  std::optional<uint32_t> num_frames_{};
  std::optional<uint32_t> sequence_{};
  bool has_default_image_ = false;
};

}  // namespace

PngChunks read_png_chunks(const Source& source) {
  return ChunkWalk(source).walk();
}

}  // namespace mono::model::files
