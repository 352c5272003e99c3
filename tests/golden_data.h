#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/golden_files.h"
#include "tests/sha256.h"

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

inline std::vector<uint8_t> bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path.string() + ": cannot open");
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace mono::tests
