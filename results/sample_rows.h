#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mono::results {

/// What came of a row, as far as a comparison cares.
enum class RowState : uint8_t {
  kScored,    // it has a value
  kUnscored,  // only a judge could say
  kFailed,    // it holds an error
  kNoScore,   // not scored yet, or left out with its group
};

/// By what pictures are known to be the same, the weakest first.
enum class ImageIdentity : uint8_t { kNames, kTexts, kPixels };

/// What a comparison needs of a row of a samples file; the rest stays on disk.
struct SampleRow {
  std::string id{};
  double value = 0;       // of a scored row, on the benchmark's own scale
  uint64_t response = 0;  // hash of the response
  uint64_t image = 0;     // hash of what identifies the pictures
  int64_t offset = 0;     // where its line begins in the file, in bytes
  RowState state = RowState::kNoScore;
  bool is_counted = true;  // enters the metrics
  ImageIdentity image_by = ImageIdentity::kNames;
};

struct SampleRows {
  nlohmann::ordered_json header{};
  std::vector<SampleRow> rows{};  // in the file's order
  bool is_torn = false;  // the last line has no end: it was written when the run was killed
};

/// Reads a samples file line by line; about a hundred bytes a row stay in memory.
/// \throws SetupError naming file and line of what is no row, of an id that was there before, and
/// if
///         the file is of a newer major schema version.
SampleRows read_sample_rows(const std::filesystem::path& path);

/// The whole row whose line begins at `offset`.
/// \throws SetupError if there is none.
nlohmann::ordered_json sample_row_at(const std::filesystem::path& path, int64_t offset);

}  // namespace mono::results
