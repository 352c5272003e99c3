#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tasks/reader/sample_table.h"
#include "tasks/task.h"

namespace mono::tasks {

/// One prediction as its file has it.
struct Prediction {
  std::string id{};                   // "" where the file gives none: order says whose it is
  std::optional<int64_t> position{};  // in the dataset, from 0, where the file says so
  std::string question{};             // what was asked, or a part of it; "" where the file has none
  std::string response{};
  std::string fault{};      // why it cannot be used, without its place; "" where it can
  nlohmann::json fields{};  // what the file knows about the row, by the benchmark's own names
  Place place{};
};

/// Predictions of a file in which every row holds its question and accepted answers. One that
/// cannot be used is a failed row, here and in `rows_of_samples`.
/// \throws model::SetupError if a usable row does not.
std::vector<Row> rows_with_own_samples(std::vector<Prediction> predictions, const Task& task,
                                       const Profile& profile, const std::string& file);

/// Gives the dataset's samples their predictions: by id, by the position the file names, or in
/// order. Predictions in order may be those of one split alone; the rows are then that split's.
/// A sample without a prediction is a failed row; of several the first counts, the others are
/// failed rows of their own. So are entries that cannot be used, where order says whose the others
/// are without them.
/// \throws model::SetupError if a prediction has no sample, or most of the questions
///         asked are not those of the samples in their place.
std::vector<Row> rows_of_samples(std::span<const Prediction> predictions,
                                 std::span<const std::shared_ptr<const Sample>> samples,
                                 const std::string& file);

}  // namespace mono::tasks
