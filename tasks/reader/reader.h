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
  std::string format{};           // "tsv", "internvl-json", "internvl-mme" or "parquet"
  int dropped_without_image = 0;  // rows without a picture, which VLMEvalKit leaves out
  std::vector<std::filesystem::path>
      files{};  // what was read, pictures in files of their own aside
};

/// Reads a benchmark: a VLMEvalKit TSV, InternVL's JSON files in their folders, or Hugging Face
/// Parquet files; the content says which of them it is. Where a dataset is several files (shards,
/// halves, subjects), `path` is one of the shards or the folder above them.
/// Pictures inside a file are neither held nor decoded before `Task::request`. A row that cannot
/// be used is a sample with a fault.
/// \throws model::SetupError naming file, line and column where nothing of the file can be used.
SampleSet read_samples(const std::filesystem::path& path, const Task& task, const Profile& profile);

/// The files or folders below a data folder that hold a task's rows, one a dataset: by the task's
/// name and aliases, InternVL's own places, and Hugging Face's. Those in the form the profile's
/// pipeline reads are alone where there is one.
/// \throws model::SetupError if the folder cannot be read.
std::vector<std::filesystem::path> find_samples(const std::filesystem::path& folder,
                                                const Task& task, const Profile& profile);

}  // namespace mono::tasks
