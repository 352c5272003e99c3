#pragma once

#include <filesystem>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// The forms in which a benchmark's rows come.
enum class DataForm { kTable, kJson, kMmeFolder, kParquet };

/// The files of one dataset, in the order of its rows.
struct DatasetFiles {
  DataForm form = DataForm::kTable;
  std::vector<std::filesystem::path> files{};
};

/// What `read_samples` reads for a path: the file itself, all shards of a Parquet file, or what a
/// folder holds of the benchmark in InternVL's or Hugging Face's layout.
/// \throws model::SetupError if the path is absent, the file blank, or the folder without the
///         benchmark.
DatasetFiles dataset_files(const std::filesystem::path& path, const Task& task);

}  // namespace mono::tasks
