#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace mono::tests {

/// A row of a JSON Lines file and where it stands ("chat.jsonl:17").
struct GoldenRow {
  std::string where{};
  nlohmann::json fields{};
};

/// The rows of a golden file.
/// \throws std::runtime_error at a line that is no JSON object, or if there is none at all.
inline std::vector<GoldenRow> golden_rows(const std::filesystem::path& file) {
  std::ifstream lines(file);
  std::vector<GoldenRow> rows;
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    const auto where = file.filename().string() + ":" + std::to_string(number);
    auto fields = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!fields.is_object()) throw std::runtime_error(where + ": no JSON object");
    rows.push_back({where, std::move(fields)});
  }
  if (rows.empty()) throw std::runtime_error(file.string() + ": no rows");
  return rows;
}

/// Fails at the first id that differs, naming row, index, expected and got.
inline void expect_same_ids(const std::string& where, const std::vector<int64_t>& expected,
                            const std::vector<int64_t>& got) {
  const auto length = std::min(expected.size(), got.size());
  for (size_t i = 0; i < length; ++i) {
    if (expected[i] == got[i]) continue;
    ADD_FAILURE() << where << ": id " << i << ": expected " << expected[i] << ", got " << got[i];
    return;
  }
  EXPECT_EQ(expected.size(), got.size()) << where << ": number of ids";
}

/// Fails at the first byte that differs, naming row, index and what follows there.
inline void expect_same_text(const std::string& where, const std::string& expected,
                             const std::string& got) {
  if (expected == got) return;
  const auto at = static_cast<size_t>(
      std::mismatch(expected.begin(), expected.end(), got.begin(), got.end()).first -
      expected.begin());
  ADD_FAILURE() << where << ": byte " << at << ": expected "
                << testing::PrintToString(expected.substr(at, 60)) << " (of " << expected.size()
                << "), got " << testing::PrintToString(got.substr(std::min(at, got.size()), 60))
                << " (of " << got.size() << ")";
}

}  // namespace mono::tests
