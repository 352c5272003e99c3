#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "model/adapter.h"
#include "tests/golden_data.h"

/// Which pictures Pillow reads and ours may refuse.
namespace mono::tests {

/// What image/decode.jsonl says of each picture; empty where the folder has no such file.
inline const std::map<std::string, nlohmann::json>& picture_records() {
  static const auto records = [] {
    std::map<std::string, nlohmann::json> by_file;
    const auto path = golden_root() / "image" / "decode.jsonl";
    if (!std::filesystem::exists(path)) return by_file;
    for (auto& row : golden_objects(path)) {
      const std::string file = row.at("file");
      by_file.emplace(file, std::move(row));
    }
    return by_file;
  }();
  return records;
}

/// Of the usual formats every file must decode, but for the kinds of BMP and TIFF that OpenCV does
/// not read as Pillow does.
inline bool may_be_refused(const nlohmann::json& record) {
  const auto& format = record.at("format");
  for (const auto* const whole : {"JPEG", "MPO", "PNG", "GIF", "WEBP"}) {
    if (format == whole) return false;
  }
  const bool has_rare_kinds = format == "BMP" || format == "TIFF";
  return !has_rare_kinds || record.at("decoders").at("opencv46_ignore_orientation") != "equal";
}

/// Runs a check; where it stops at a picture that is refused, that is a skip or a failure.
inline void check_picture(const std::string& file, const std::function<void()>& check) {
  try {
    check();
  } catch (const model::SetupError& refusal) {
    const auto record = picture_records().find(file);
    if (record == picture_records().end() || !may_be_refused(record->second)) {
      FAIL() << file << ": " << refusal.what();
    }
    GTEST_SKIP() << "refused, Pillow reads it: " << refusal.what();
  }
}

}  // namespace mono::tests
