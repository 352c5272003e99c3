#include "tasks/reader/base64.h"

#include <array>
#include <cstdint>

#include "model/adapter.h"

namespace mono::tasks {
namespace {

constexpr int8_t kInvalid = -1;
constexpr int8_t kBlank = -2;

constexpr std::array<int8_t, 256> make_values() {
  std::array<int8_t, 256> values{};
  for (auto& value : values) value = kInvalid;
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < kAlphabet.size(); ++i) {
    values[static_cast<unsigned char>(kAlphabet[i])] = static_cast<int8_t>(i);
  }
  for (const char c : std::string_view(" \t\r\n")) values[static_cast<unsigned char>(c)] = kBlank;
  return values;
}

constexpr auto kValues = make_values();

}  // namespace

std::string decode_base64(std::string_view text, const std::string& where) {
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  uint32_t bits = 0;
  int num_bits = 0;
  size_t num_digits = 0;
  size_t num_padding = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const int8_t value = kValues[static_cast<unsigned char>(text[i])];
    if (value == kBlank) continue;
    if (text[i] == '=') {
      ++num_padding;
      continue;
    }
    if (value == kInvalid || num_padding > 0) {
      model::fail(where, ": broken base64: unexpected character at offset ", i, " of ",
                  text.size());
    }
    ++num_digits;
    bits = (bits << 6U) | static_cast<uint32_t>(value);
    num_bits += 6;
    if (num_bits >= 8) {
      num_bits -= 8;
      bytes.push_back(static_cast<char>((bits >> static_cast<unsigned>(num_bits)) & 0xFFU));
    }
  }
  if ((num_digits + num_padding) % 4 != 0 || num_padding > 2) {
    model::fail(where, ": broken base64: expected groups of four characters, got ", num_digits,
                " and ", num_padding, " of padding");
  }
  if (bytes.empty()) model::fail(where, ": broken base64: no bytes");
  return bytes;
}

}  // namespace mono::tasks
