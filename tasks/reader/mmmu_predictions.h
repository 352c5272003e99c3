#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "tasks/task.h"

/// Predictions as MMMU's own scripts and InternVL's take them.
namespace mono::tasks {

/// A folder of one `<subject>/output.json` each: lists of rows with `id`, `question_type`,
/// `answer`, `index2ans` (options by letter) and `response`; subjects in alphabetical order. An
/// element that cannot be used is a failed row.
/// \throws model::SetupError naming what cannot be read: a file, or every element; or if there is
///         none.
std::vector<Row> read_mmmu_folder(const std::filesystem::path& folder);

/// Whether a file begins like an object of answers by MMMU id.
bool is_mmmu_answers(std::string_view text);

/// A file of answers by id. Question types and accepted answers come from `answer_dict_val.json`
/// beside it or in a folder above, unless `has_samples`: then the caller knows them. An answer that
/// is no text, or whose id that file does not hold, is a failed row.
/// \throws model::SetupError if that file is needed and not there, or no answer can be used.
std::vector<Row> read_mmmu_answers(const std::filesystem::path& path, bool has_samples);

}  // namespace mono::tasks
