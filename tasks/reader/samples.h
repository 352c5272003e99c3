#pragma once

#include <filesystem>
#include <string>

#include "tasks/reader/reader.h"
#include "tasks/reader/sample_table.h"
#include "tasks/reader/tsv.h"

/// The readers of single formats, behind `read_samples` and `read_predictions`.
namespace mono::tasks {

/// A sample of named cells: id from `index` (or `question_id`, `id`), question, hint, options A to
/// Z, category, split, and the accepted answers in `answer`.
/// \param where  For messages: file and line.
/// \throws model::SetupError if there is no id.
Sample sample_of_cells(std::vector<std::pair<std::string, Cell>> cells, const std::string& where);

/// Question, options, accepted answers and the rest of a sample from its cells; id "" where they
/// hold none.
void fill_from_cells(Sample& sample);

/// The columns of a table typed, the rows as samples without pictures. The columns named in
/// `left_out` stay out of the cells.
std::vector<Sample> samples_of_table(const TsvTable& table,
                                     std::span<const std::string_view> left_out,
                                     const ReadRules& rules = {});

/// The same on its way: typed by `rules`, faults and pictures to come.
SampleTable sample_table_of(const TsvTable& table, std::span<const std::string_view> left_out,
                            const ReadRules& rules);

/// Reads a VLMEvalKit TSV, or InternVL's MMBench layout, with its pictures.
SampleSet read_tsv_samples(const std::filesystem::path& path, const Task& task,
                           const Profile& profile);

/// The samples of a filled table with their pictures, named as the profile's pipeline names the
/// files it writes. Rows without a picture are dropped.
/// \param path        For messages.
/// \param pictures    One list a row of the table.
/// \param are_stored  False where the data has no pictures but names files, which are read as they
///                    are.
SampleSet finish_samples(const std::filesystem::path& path, SampleTable table,
                         std::vector<std::vector<ImageSource>> pictures, const Task& task,
                         const Profile& profile, bool are_stored = true);

}  // namespace mono::tasks
