#pragma once

#include <span>
#include <string>
#include <vector>

#include "tasks/task.h"

/// MM-Vet's numbers from graded rows; `Sample::category` holds a row's capabilities, `ocr,math`.
namespace mono::tasks {

/// The names in a comma-separated list of capabilities.
std::vector<std::string> capabilities_of(std::string_view category);

/// MM-Vet's own tables, percentages rounded to one decimal: `total`, `std` and `runs`, then each
/// capability; under `combination` each set of capabilities. More frequent ones first.
/// Rule: yuweihao/MM-Vet@acde843 mm-vet_evaluator.py, export_result.
std::vector<Metric> official_mmvet_metrics(std::span<const Row* const> rows);

/// VLMEvalKit's tables, unrounded percentages: `Overall` and each capability; under `fine` each
/// set of capabilities in the order of its cell. Both share their counters by name: a question
/// with one capability alone is counted twice under it.
/// Rule: open-compass/VLMEvalKit@e8e78f05 vlmeval/dataset/utils/mmvet.py, MMVet_acc.
/// \param categories  The cell of each row as the re-read sheet holds it.
/// \param grades      Likewise.
std::vector<Metric> vlmevalkit_mmvet_metrics(std::span<const std::string> categories,
                                             std::span<const double> grades);

}  // namespace mono::tasks
