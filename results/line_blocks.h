#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

namespace mono::results {

/// A line of a file. Behind it lie at least `kPadding` readable bytes, as simdjson wants.
struct PaddedLine {
  static constexpr size_t kPadding = 64;
  std::string_view text{};  // without its newline
  int number = 0;           // counted from 1
  int64_t offset = 0;       // of its beginning in the file, in bytes
};

/// Calls `on_line` for each line that ends in a newline, in order; a few megabytes of the file are
/// in memory at a time, or its longest line.
/// \returns false if the file goes on behind the last newline.
/// \throws SetupError if it cannot be opened or read. What `on_line` throws passes through.
bool for_each_whole_line(const std::filesystem::path& path,
                         const std::function<void(const PaddedLine&)>& on_line);

}  // namespace mono::results
