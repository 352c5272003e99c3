#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/golden_files.h"

namespace mono::tests {

/// The objects of a JSON Lines file, without its header line.
/// \throws std::runtime_error naming file and line if one is no object or the file has none.
inline std::vector<nlohmann::json> golden_objects(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<nlohmann::json> rows;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    auto row = nlohmann::json::parse(line, nullptr, false);
    if (!row.is_object()) {
      throw std::runtime_error(path.string() + ":" + std::to_string(number) + ": no JSON object");
    }
    if (!row.contains("header")) rows.push_back(std::move(row));
  }
  if (rows.empty()) throw std::runtime_error(path.string() + ": holds no row");
  return rows;
}

/// Where the file of a row lies: relative to the folder that holds `golden`, or below
/// MONO_FIXTURES.
inline std::filesystem::path golden_data_file(const std::string& name) {
  const char* const fixtures = std::getenv("MONO_FIXTURES");
  const std::string prefix = "fixtures/";
  if (fixtures != nullptr && name.starts_with(prefix)) {
    return std::filesystem::path(fixtures) / name.substr(prefix.size());
  }
  return golden_base() / name;
}

inline std::vector<uint8_t> bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path.string() + ": cannot open");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

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
  if (EVP_Digest(data.data(), data.size_bytes(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
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
