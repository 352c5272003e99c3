#pragma once

#include <bit>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/files.h"

namespace mono::tests {

/// Writes a SentencePiece model by hand, in the wire format of its protocol buffer
/// (google/sentencepiece v0.1.99, src/sentencepiece_model.proto).
class TinySentencePiece {
 public:
  enum Type { kNormal = 1, kUnknown = 2, kControl = 3, kUserDefined = 4, kByte = 6 };

  /// Ids 0 `<unk>`, 1 `<s>`, 2 `</s>`, 3..258 the bytes.
  TinySentencePiece() {
    add("<unk>", kUnknown);
    add("<s>", kControl);
    add("</s>", kControl);
    for (int byte = 0; byte < 256; ++byte) {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      add(std::string("<0x") + kDigits[byte >> 4] + kDigits[byte & 15] + ">", kByte);
    }
  }

  /// Appends a piece; earlier ones merge first.
  void add(const std::string& piece, Type type = kNormal) {
    const auto score = std::bit_cast<uint32_t>(-static_cast<float>(num_pieces_++));
    std::string message = bytes_field(1, piece) + "\x15";
    for (int shift = 0; shift < 32; shift += 8) message += static_cast<char>(score >> shift);
    pieces_.push_back(bytes_field(1, message + varint_field(3, type)));
  }

  /// Byte-pair encoding with byte fallback, no dummy prefix, no blanks removed.
  std::string data() const {
    std::string whole = pieces_only();
    whole += bytes_field(2, varint_field(3, 2) + varint_field(35, 1));
    whole += bytes_field(3, bytes_field(1, "identity") + varint_field(3, 0) + varint_field(4, 0));
    return whole;
  }

  /// What is left of the file when it is cut behind its last piece.
  std::string pieces_only() const {
    std::string whole;
    for (const auto& piece : pieces_) whole += piece;
    return whole;
  }

 private:
  static std::string varint(uint64_t value) {
    std::string bytes;
    for (; value > 127; value >>= 7) bytes += static_cast<char>(value | 128);
    return bytes + static_cast<char>(value);
  }
  static std::string varint_field(uint64_t field, uint64_t value) {
    return varint(field << 3) + varint(value);
  }
  static std::string bytes_field(uint64_t field, const std::string& bytes) {
    return varint(field << 3 | 2) + varint(bytes.size()) + bytes;
  }

  int num_pieces_ = 0;
  std::vector<std::string> pieces_{};
};

/// A small vocabulary: 259 "a", 260 "b", 261 "ab", 262 U+2581, 263 "[UNUSED]" (user defined),
/// 264 ",", 265 "." and, added on top, 266 "<img>", 267 "<img>x" and 268 "<tool>", which is not
/// special. Id 263 is renamed `<|im_end|>`.
inline TinySentencePiece tiny_pieces() {
  TinySentencePiece pieces;
  for (const auto* const piece : {"a", "b", "ab", "\xE2\x96\x81"}) pieces.add(piece);
  pieces.add("[UNUSED]", TinySentencePiece::kUserDefined);
  for (const auto* const piece : {",", "."}) pieces.add(piece);
  return pieces;
}

inline constexpr std::string_view kTinyTokenizerConfig = R"({
  "added_tokens_decoder": {
    "263": {"content": "<|im_end|>", "lstrip": false, "special": true},
    "266": {"content": "<img>", "special": true},
    "267": {"content": "<img>x", "special": true},
    "268": {"content": "<tool>", "special": false}
  },
  "additional_special_tokens": ["<|im_end|>", "<img>", "<img>x"],
  "bos_token": "<s>", "eos_token": "</s>", "pad_token": "</s>", "unk_token": "<unk>",
  "tokenizer_class": "InternLM2Tokenizer"
})";

/// Writes a checkpoint folder's tokenizer files with that vocabulary.
inline void write_tiny_tokenizer(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  write_file(folder / "tokenizer.model", tiny_pieces().data());
  write_file(folder / "tokenizer_config.json", std::string(kTinyTokenizerConfig));
  write_file(folder / "added_tokens.json", R"({"<img>": 266, "<img>x": 267, "<tool>": 268})");
}

}  // namespace mono::tests
