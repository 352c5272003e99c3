#pragma once

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace mono::tests {

/// The lowest `digits` hex digits of a number.
inline std::string hex_digits(uint64_t value, size_t digits) {
  std::string hex(digits, '0');
  for (size_t i = digits; i-- > 0; value >>= 4) hex[i] = "0123456789abcdef"[value & 15];
  return hex;
}

/// Lower-case hex SHA-256 of anything contiguous.
template <typename T>
std::string sha256(std::span<const T> data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(data.data(), data.size_bytes(), digest.data(), &size, EVP_sha256(), nullptr) !=
      1) {
    throw std::runtime_error("SHA-256 failed");
  }
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += hex_digits(digest[i], 2);
  return hex;
}

template <typename T>
std::string sha256(const std::vector<T>& data) {
  return sha256(std::span<const T>(data));
}

}  // namespace mono::tests
