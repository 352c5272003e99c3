#include "model/text/byte_alphabet.h"

#include <unicode/utf8.h>

#include <array>

namespace mono::model {

namespace {

constexpr int kNumBytes = 256;
constexpr int kNone = -1;

bool stands_for_itself(int byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
  std::array<unsigned char, kNumBytes> order{};
  std::array<int, 2 * kNumBytes> byte_of_character{};
};

Alphabet make_alphabet() {
  Alphabet alphabet;
  alphabet.byte_of_character.fill(kNone);
  size_t place = 0;
  for (int byte = 0; byte < kNumBytes; ++byte) {
    if (!stands_for_itself(byte)) continue;
    alphabet.order[place++] = static_cast<unsigned char>(byte);
    alphabet.byte_of_character[static_cast<size_t>(byte)] = byte;
  }
  size_t character = kNumBytes;
  for (int byte = 0; byte < kNumBytes; ++byte) {
    if (stands_for_itself(byte)) continue;
    alphabet.order[place++] = static_cast<unsigned char>(byte);
    alphabet.byte_of_character[character++] = byte;
  }
  return alphabet;
}

const Alphabet& alphabet() {
  static const Alphabet kAlphabet = make_alphabet();
  return kAlphabet;
}

}  // namespace

std::span<const unsigned char> byte_order() {
  return alphabet().order;
}

std::optional<std::string> bytes_of_token(std::string_view token) {
  const auto& byte_of = alphabet().byte_of_character;
  std::string bytes;
  const auto size = static_cast<int32_t>(token.size());
  for (int32_t at = 0; at < size;) {
    UChar32 character = 0;
    // NOLINTNEXTLINE(bugprone-inc-dec-in-conditions): inside ICU's macro
    U8_NEXT(token, at, size, character);
    if (character < 0 || static_cast<size_t>(character) >= byte_of.size()) return std::nullopt;
    const int byte = byte_of[static_cast<size_t>(character)];
    if (byte == kNone) return std::nullopt;
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

}  // namespace mono::model
