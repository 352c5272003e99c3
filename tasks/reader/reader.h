#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// A dataset as read.
struct SampleSet {
  std::vector<std::shared_ptr<const Sample>> samples{};
  std::string format{};           // "tsv", "internvl-jsonl", "mme-lines"
  int dropped_without_image = 0;  // rows without a picture, which VLMEvalKit leaves out
};

/// Reads a VLMEvalKit TSV, an InternVL JSON Lines file, or a folder of lines (MME); the content
/// says which it is. Pictures inside the file are neither held nor decoded before `Task::request`.
/// \throws model::SetupError naming file, line and column of what cannot be read.
SampleSet read_samples(const std::filesystem::path& path, const Task& task, const Profile& profile);

}  // namespace mono::tasks
