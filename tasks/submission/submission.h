#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/task.h"

/// The files in which benchmarks with answers nobody else has want their predictions.
namespace mono::tasks {

/// A server's format.
enum class SubmissionKind {
  kRobustReading,  // JSON list of `questionId`, an integer, and `answer`
  kVqa,            // JSON list of `question_id`, an integer, and `answer`
  kMmVet,          // JSON object, `v1_<id>` to answer
  kMmBench,        // spreadsheet, see `mmbench_sheet`
};

struct SubmissionFormat {
  std::string_view task{};
  SubmissionKind kind = SubmissionKind::kVqa;
  std::string_view server{};
  size_t num_rows = 0;           // of the split; 0 where it is not known
  size_t prediction_column = 0;  // of InternVL's spreadsheet
  bool may_have_more = false;    // older releases of the split have some rows more
};

/// The formats there are, by task.
std::span<const SubmissionFormat> submission_formats();

/// \throws model::UsageError if there is none for the task, listing those there are.
const SubmissionFormat& submission_format(const Task& task);

/// Writes the file for a task's server.
/// \param rows        As read; all of the split.
/// \param is_partial  Whether another number of rows than the split has may be written.
/// \throws model::SetupError if a row has no answer, an id is no integer where the server wants
///         one, the number of rows is not the split's, or the file cannot be written.
void write_submission(const Task& task, const Profile& profile, std::span<const Row> rows,
                      const std::filesystem::path& file, bool is_partial = false);

}  // namespace mono::tasks
