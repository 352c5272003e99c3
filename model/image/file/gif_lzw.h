#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace mono::model::files {

/// Undoes GIF's LZW, block by block, and stops with the last pixel, whatever follows it. giflib
/// reads on to the end of the data and refuses codes above 8 bits, where Pillow does neither.
class GifLzw {
 public:
  /// \param min_code_bits  From the file, 0 to 11.
  /// \param pixels         Where the indices go, in file order.
  GifLzw(int min_code_bits, std::span<uint8_t> pixels);

  /// Takes a block of codes. \returns false if it holds an impossible one.
  bool take(std::span<const uint8_t> block);

  bool is_done() const { return num_done_ == pixels_.size(); }
  /// Whether the file said that nothing more comes.
  bool saw_end() const { return saw_end_; }

 private:
  static constexpr int kMostCodes = 4096;
  static constexpr int kMostBits = 12;

  void clear();
  bool take_code(int code);
  void write(int code, bool repeats_first);

  std::span<uint8_t> pixels_;
  size_t num_done_ = 0;
  int clear_code_ = 0;
  int code_bits_ = 0;
  int next_code_ = 0;
  int last_code_ = -1;  // -1 after a clear code
  uint8_t first_of_last_ = 0;
  uint32_t bits_ = 0;
  int num_bits_ = 0;
  bool saw_end_ = false;
  std::array<uint16_t, kMostCodes> prefix_{};
  std::array<uint8_t, kMostCodes> suffix_{};
};

}  // namespace mono::model::files
