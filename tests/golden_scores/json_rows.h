#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "tasks/reader/json_cells.h"
#include "tasks/reader/samples.h"

namespace mono::tests {

/// The samples of golden rows that are rows of InternVL's JSON files: their id may be called
/// `questionId` or `image_id`, their accepted answers are a text in `answer`, or a list in
/// `answer`, `answers` or `references`.
inline std::vector<tasks::Sample> samples_of_json_rows(const std::vector<nlohmann::json>& golden) {
  std::vector<tasks::Sample> samples;
  for (const auto& golden_row : golden) {
    auto row = golden_row.at("row");
    for (const char* const name : {"questionId", "image_id"}) {
      if (row.contains(name)) row["question_id"] = row[name];
    }
    auto sample = tasks::sample_of_cells(tasks::cells_of_json(row), "golden row");
    for (const char* const name : {"answer", "answers", "references"}) {
      if (row.contains(name) && row[name].is_array()) {
        sample.targets = tasks::texts_of_json(row[name], "golden row");
      }
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

}  // namespace mono::tests
