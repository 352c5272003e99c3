#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tasks/reader/prediction_rows.h"

namespace mono::tasks {

/// Predictions as another tool's file holds them.
struct ForeignPredictions {
  std::string format{};  // "internvl-vqa", "lm-eval", "lmms-eval" ...
  std::vector<Prediction> predictions{};
};

/// Reads JSON of InternVL's scripts (lists and lines of objects, told apart by their fields), or
/// samples of lm-eval and lmms-eval.
/// Formats: OpenGVLab/InternVL@2410d1d internvl_chat/eval/*/evaluate_*.py;
/// EleutherAI/lm-evaluation-harness v0.4.13 lm_eval/loggers/evaluation_tracker.py;
/// EvolvingLMMs-Lab/lmms-eval v0.7.3 lmms_eval/loggers/evaluation_tracker.py.
/// A row that alone cannot be used is a prediction with a fault.
/// \returns nothing where an object, of the first 100 elements of a list, has the fields of another
///          format before one has those of theirs, or none has.
/// \throws model::SetupError naming file and row if no row can be used, or a list was cut short.
std::optional<ForeignPredictions> read_foreign_json(const std::filesystem::path& path);

/// Reads the folder InternVL's MME script writes: a file a task, lines of picture, prompt, accepted
/// answer and response between tabs. A response may hold tabs.
std::vector<Prediction> read_mme_results(const std::filesystem::path& folder);

}  // namespace mono::tasks
