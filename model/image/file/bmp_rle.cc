#include "model/image/file/bmp_rle.h"

#include <algorithm>

namespace mono::model::files {
namespace {

class Unpacker {
 public:
  Unpacker(const Source& source, size_t at, int width, int height, bool has_4_bits)
      : bytes_(source.bytes), at_(at), width_(width), has_4_bits_(has_4_bits) {
    size_ = static_cast<size_t>(width) * height;
    indices_.reserve(size_);
  }

  std::vector<uint8_t> unpack() {
    while (indices_.size() < size_ && at_ + 2 <= bytes_.size() && unpack_one()) {
    }
    return std::move(indices_);
  }

 private:
  /// \returns false at the end.
  bool unpack_one() {
    const size_t count = bytes_[at_];
    const uint8_t code = bytes_[at_ + 1];
    at_ += 2;
    if (count > 0) return repeat(count, code);
    switch (code) {
      case 0:
        while (indices_.size() % width_ != 0) indices_.push_back(0);
        column_ = 0;
        return true;
      case 1:
        return false;
      case 2:
        return skip();
      default:
        return copy(code);
    }
  }

  bool repeat(size_t count, uint8_t code) {
    const size_t room = width_ > column_ ? width_ - column_ : 0;
    if (column_ + count > width_) count = room;
    for (size_t i = 0; i < count; ++i) {
      const uint8_t half = i % 2 == 0 ? code >> 4 : code & 15;
      indices_.push_back(has_4_bits_ ? half : code);
    }
    column_ += count;
    return true;
  }

  /// Two bytes say how far; Pillow reads them twice and uses the second pair.
  bool skip() {
    if (at_ + 4 > bytes_.size()) return false;
    const size_t right = bytes_[at_ + 2];
    const size_t up = bytes_[at_ + 3];
    at_ += 4;
    const size_t wanted = indices_.size() + right + up * width_;
    indices_.resize(std::min(wanted, size_ + width_), 0);
    column_ = wanted % width_;
    return true;
  }

  bool copy(size_t count) {
    const size_t num_bytes = has_4_bits_ ? count / 2 : count;
    const size_t left = std::min(num_bytes, bytes_.size() - at_);
    for (size_t i = 0; i < left; ++i) {
      const uint8_t byte = bytes_[at_ + i];
      if (has_4_bits_) indices_.push_back(byte >> 4);
      indices_.push_back(has_4_bits_ ? byte & 15 : byte);
    }
    at_ += left;
    column_ += count;
    if (left < num_bytes) return false;
    if (at_ % 2 != 0) ++at_;
    return true;
  }

  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
  size_t width_ = 0;
  size_t size_ = 0;
  bool has_4_bits_ = false;
  size_t column_ = 0;
  std::vector<uint8_t> indices_{};
};

}  // namespace

std::vector<uint8_t> unpack_bmp_runs(const Source& source, size_t at, int width, int height,
                                     bool has_4_bits) {
  auto indices = Unpacker(source, at, width, height, has_4_bits).unpack();
  const size_t expected = static_cast<size_t>(width) * height;
  if (indices.size() < expected) {
    refuse(source, "BMP", "cut short: ", indices.size(), " pixels, expected ", expected);
  }
  indices.resize(expected);
  return indices;
}

}  // namespace mono::model::files
