#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

namespace mono::results {

/// A last line without its newline, as a killed writer leaves it.
struct TornLine {
  int line = 0;        // counted from 1
  int64_t offset = 0;  // where it begins, in bytes
  int64_t bytes = 0;   // its length
};

/// What to do with a last line that has no newline.
enum class LastLine {
  kMayLackNewline,  // a row like the others: files of other programs
  kMayBeTorn,       // no row; reported, however whole it looks
};

/// Calls `on_row(line, row)` for each line of a JSON Lines file, in order; lines count from 1.
/// \returns the torn last line, if there is one and it may be.
/// \throws SetupError naming file and line at anything that is no JSON object, or if the file
///         cannot be read. What `on_row` throws passes through.
std::optional<TornLine> for_each_json_line(
    const std::filesystem::path& path, LastLine last_line,
    const std::function<void(int line, nlohmann::ordered_json row)>& on_row);

/// One line of a JSON Lines file, newline included; the same row always gives the same bytes.
/// \throws SetupError if the row is no object, holds malformed UTF-8, or a number JSON cannot
///         hold (NaN, infinity).
std::string json_line(const nlohmann::ordered_json& row);

}  // namespace mono::results
