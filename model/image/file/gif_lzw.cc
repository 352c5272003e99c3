#include "model/image/file/gif_lzw.h"

#include <algorithm>

namespace mono::model::files {

GifLzw::GifLzw(int min_code_bits, std::span<uint8_t> pixels)
    : pixels_(pixels), clear_code_(1 << min_code_bits) {
  clear();
}

void GifLzw::clear() {
  code_bits_ = 1;
  while (1 << code_bits_ <= clear_code_) ++code_bits_;
  next_code_ = clear_code_ + 2;
  last_code_ = -1;
}

bool GifLzw::take(std::span<const uint8_t> block) {
  for (const uint8_t byte : block) {
    bits_ |= static_cast<uint32_t>(byte) << num_bits_;
    num_bits_ += 8;
    while (num_bits_ >= code_bits_ && !is_done() && !saw_end_) {
      const int code = static_cast<int>(bits_ & ((1U << code_bits_) - 1));
      bits_ >>= code_bits_;
      num_bits_ -= code_bits_;
      if (!take_code(code)) return false;
    }
    if (is_done() || saw_end_) return true;
  }
  return true;
}

bool GifLzw::take_code(int code) {
  if (code == clear_code_) {
    clear();
    return true;
  }
  if (code == clear_code_ + 1) {
    saw_end_ = true;
    return true;
  }
  if (last_code_ < 0) {
    if (code > clear_code_) return false;
    write(code, false);
    last_code_ = code;
    return true;
  }
  if (code > next_code_ || code >= kMostCodes) return false;
  const bool is_new = code == next_code_;
  write(is_new ? last_code_ : code, is_new);
  if (next_code_ < kMostCodes) {
    prefix_[next_code_] = static_cast<uint16_t>(last_code_);
    suffix_[next_code_] = first_of_last_;
    if (next_code_ == (1 << code_bits_) - 1 && code_bits_ < kMostBits) ++code_bits_;
    ++next_code_;
  }
  last_code_ = code;
  return true;
}

/// Writes the string of a code and, if it repeats its first index, that once more behind it.
void GifLzw::write(int code, bool repeats_first) {
  size_t length = 1;
  for (int c = code; c > clear_code_; c = prefix_[c]) ++length;
  const size_t total = length + (repeats_first ? 1 : 0);
  size_t place = num_done_ + length;
  int c = code;
  for (; c > clear_code_; c = prefix_[c]) {
    if (--place < pixels_.size()) pixels_[place] = suffix_[c];
  }
  first_of_last_ = static_cast<uint8_t>(c);
  if (--place < pixels_.size()) pixels_[place] = first_of_last_;
  if (repeats_first && num_done_ + length < pixels_.size()) {
    pixels_[num_done_ + length] = first_of_last_;
  }
  num_done_ = std::min(num_done_ + total, pixels_.size());
}

}  // namespace mono::model::files
