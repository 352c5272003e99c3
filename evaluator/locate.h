#pragma once

#include <filesystem>
#include <string>

#include "tasks/task.h"

namespace mono::evaluator {

/// What stands behind `--model NAME=PATH`.
struct ModelSpec {
  std::string name{};            // used in the table and as a folder name
  std::filesystem::path path{};  // a checkpoint folder, or a file of predictions
  bool is_checkpoint = false;
};

/// \throws UsageError for a malformed text, a name that is no file name, or a URL (not supported
///   yet); SetupError if the path does not exist.
ModelSpec parse_model(const std::string& text);

/// The file that holds a task's rows: `data` itself where it is a file, else the one below it
/// (three levels deep) whose name without extension is the task's name or one of its aliases. For a
/// set that InternVL keeps as a folder of lines, that folder, where the profile is InternVL's.
/// Where a TSV and an InternVL JSON Lines file are both there, the profile's own format is taken.
/// \throws SetupError naming the names looked for, or the files between which it cannot choose.
std::filesystem::path find_data(const std::filesystem::path& data, const tasks::Task& task,
                                const tasks::Profile& profile);

/// SHA-256 of a data file; of a data folder's `.txt` files, their names and contents.
/// \throws SetupError naming a file that cannot be read.
std::string data_sha256(const std::filesystem::path& data);

/// `--data`, else the environment variable LMUData, which VLMEvalKit's users have set.
/// \throws UsageError if neither is given.
std::filesystem::path data_root(const std::string& option);

}  // namespace mono::evaluator
