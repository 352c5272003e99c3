#pragma once

#include <filesystem>
#include <string>

#include "tasks/reader/reader.h"
#include "tasks/reader/tsv.h"

/// The readers of single formats, behind `read_samples` and `read_predictions`.
namespace mono::tasks {

/// A sample of named cells: id from `index` (or `question_id`, `id`), question, hint, options A to
/// Z, category, split, and the accepted answers in `answer`.
/// \param where  For messages: file and line.
/// \throws model::SetupError if there is no id.
Sample sample_of_cells(std::vector<std::pair<std::string, Cell>> cells, const std::string& where);

/// The columns of a table typed, the rows as samples without pictures. The columns named in
/// `left_out` stay out of the cells.
std::vector<Sample> samples_of_table(const TsvTable& table,
                                     std::span<const std::string_view> left_out);

/// Reads a VLMEvalKit TSV, or InternVL's MMBench layout, with its pictures.
SampleSet read_tsv_samples(const std::filesystem::path& path, const Task& task,
                           const Profile& profile);

/// Reads an InternVL JSON Lines file (`question_id`, `question` or `text`, `image`, `answer`;
/// multiple-choice rows as `use_table_columns` knows them; MMMU's pictures in `image_1` to
/// `image_7`). Accepted answers come from `<name>_annotations.json` beside it where there is such a
/// file.
/// \param id_prefix  Stands before a numeric `question_id` in the sample's id.
SampleSet read_jsonl_samples(const std::filesystem::path& path, std::string_view id_prefix = "");

/// Gives MM-Vet's questions the ground truth and the capabilities of the nearest `mm-vet.json`
/// beside their file or above it; without one they have neither.
/// \throws model::SetupError if it does not hold a question.
void add_mmvet_ground_truth(SampleSet& set, const std::filesystem::path& path);

/// Reads MME as InternVL keeps it: a folder of files `<task>.txt`, lines of picture, question and
/// answer between tabs. A sample's id is file and line, `OCR.txt:3`.
SampleSet read_mme_lines(const std::filesystem::path& folder);

}  // namespace mono::tasks
