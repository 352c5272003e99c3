#pragma once

#include <filesystem>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// MultimodalOCR's list of questions with `answer`, the prediction, and `gt_answers`. An element
/// that cannot be used is a failed row.
/// \throws model::SetupError if it is no list, or no element can be used.
std::vector<Row> read_multimodal_ocr(const std::filesystem::path& path);

}  // namespace mono::tasks
