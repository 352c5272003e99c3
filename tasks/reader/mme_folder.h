#pragma once

#include <filesystem>
#include <vector>

#include "tasks/reader/layout_rows.h"

namespace mono::tasks {

/// Whether a folder is one of MME's: InternVL's `Your_Results`, with a file of questions a task, or
/// the benchmark's own archive, with a folder a task.
bool is_mme_folder(const std::filesystem::path& folder);

/// The files `<task>.txt` of a folder, in the order of the tasks.
std::vector<std::filesystem::path> mme_text_files(const std::filesystem::path& folder);

/// Adds MME's questions, task by task, as fields `category`, `image_path`, `question`, `answer`.
/// The pictures of `Your_Results` are looked for in `MME_Benchmark_release_version/<task>` and its
/// subfolder `images`, below `data/mme` of the folder above.
/// \returns the files of questions.
/// \throws model::SetupError if the folder holds no question.
std::vector<std::filesystem::path> add_mme_rows(const std::filesystem::path& folder,
                                                LayoutRows& rows);

}  // namespace mono::tasks
