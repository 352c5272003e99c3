#pragma once

#include <filesystem>
#include <span>
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

/// The file or folder that holds a task's rows: `data` itself where it is a file, else what
/// `tasks::find_samples` finds below it.
/// \throws SetupError naming the names looked for, or the files between which it cannot choose.
std::filesystem::path find_data(const std::filesystem::path& data, const tasks::Task& task,
                                const tasks::Profile& profile);

/// SHA-256 of a file, or over those of several, in order.
/// \throws SetupError naming a file that cannot be read.
std::string digest_of(std::span<const std::filesystem::path> files);

/// `--data`, else the environment variable LMUData, which VLMEvalKit's users have set.
/// \throws UsageError if neither is given.
std::filesystem::path data_root(const std::string& option);

}  // namespace mono::evaluator
