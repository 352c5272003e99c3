#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// Predictions made elsewhere, as rows ready for `Task::score`.
struct PredictionSet {
  std::vector<Row> rows{};
  bool is_after_sheet = false;  // the cells come from VLMEvalKit's spreadsheet: see scoring_profile
  std::string format{};  // "vila-jsonl", "llava-jsonl", "multimodalocr-json", "vlmevalkit-tsv",
                         // "samples-jsonl", "seedbench-lines", "mmmu-folder", "mmmu-answers",
                         // "mathvista-json", "mmvet-json", "mmvet-grades-json",
                         // "vlmevalkit-xlsx", "internvl-..." by script, "lm-eval", "lmms-eval"
};

/// The profile that scores these predictions: without the sheet step for cells that have been
/// through it already.
Profile scoring_profile(const Profile& profile, const PredictionSet& set);

/// Reads a file or folder of predictions; its content says which of the formats it is. Formats
/// without questions and answers (`llava-jsonl`, `samples-jsonl`, `mmmu-answers`) take them from
/// `samples`, by id, or, where that is empty, from an annotation file near them (TextVQA, MMMU).
/// A row that alone cannot be used, or a sample without a prediction, is a failed row; so is one
/// that the task can say nothing about, unless the profile keeps texts: then none is judged.
/// \throws model::SetupError naming file and line of what cannot be read, and if a prediction's
///         sample is absent.
PredictionSet read_predictions(const std::filesystem::path& path, const Task& task,
                               const Profile& profile,
                               std::span<const std::shared_ptr<const Sample>> samples = {});

}  // namespace mono::tasks
