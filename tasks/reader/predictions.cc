#include "tasks/reader/predictions.h"

#include <utility>

#include "model/json_text.h"
#include "tasks/pipeline/answers.h"
#include "tasks/reader/answer_check.h"
#include "tasks/reader/foreign_predictions.h"
#include "tasks/reader/id_map_predictions.h"
#include "tasks/reader/joined_predictions.h"
#include "tasks/reader/json_lines.h"
#include "tasks/reader/layouts.h"
#include "tasks/reader/line_predictions.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/reader/mme_folder.h"
#include "tasks/reader/mmmu_predictions.h"
#include "tasks/reader/multimodal_ocr.h"
#include "tasks/reader/samples.h"
#include "tasks/reader/seed_predictions.h"
#include "tasks/reader/sheet_predictions.h"
#include "tasks/text/utf8.h"

namespace mono::tasks {
namespace {

constexpr const char* kTable = "vlmevalkit-tsv";

using Samples = std::span<const std::shared_ptr<const Sample>>;

/// What a table of predictions has to hold of its own. Where the samples are at hand, they say
/// what is accepted.
ReadRules table_rules(const Task& task, const Profile& profile, bool has_samples) {
  const auto& layout = layout_of(task.name());
  const auto own = read_rules(layout, profile);
  return {.types_texts = own.types_texts,
          .types_nothing = own.types_nothing,
          .checks_letters = layout.answers_are_letters && !has_samples,
          .is_read_back = true,
          .num_options = layout.num_options,
          .needs_answer = !has_samples};
}

/// VLMEvalKit: the dataset's columns, without pictures, and `prediction`.
std::vector<Row> read_table(const std::filesystem::path& path, const ReadRules& rules) {
  const auto table = read_tsv(path);
  const int column = table.column("prediction");
  if (column < 0) model::fail(path.string(), ":1: expected a column 'prediction', got none");
  constexpr std::string_view kLeftOut[] = {"image", "prediction"};
  auto samples = samples_of_table(table, kLeftOut, rules);
  const auto file = std::make_shared<const std::string>(path.string() + ":");
  std::vector<Row> rows;
  for (size_t i = 0; i < samples.size(); ++i) {
    const Place place{file, table.lines[i]};
    auto fault = samples[i].fault;
    auto response = table.field(i, static_cast<size_t>(column)).text();
    if (!repair_utf8(response) && fault.empty()) {
      fault = place.text() + ": column 'prediction' is not UTF-8";
    }
    rows.push_back({.sample = std::make_shared<const Sample>(std::move(samples[i])),
                    .response = std::move(response),
                    .error = std::move(fault),
                    .place = place});
  }
  return rows;
}

/// Fails the rows whose accepted answer was lost.
void set_unanswered_aside(std::vector<Row>& rows, const std::string& file) {
  for (const size_t i : unanswered_rows(rows).lost) {
    auto& error = rows[i].error;
    if (error.empty()) error = place_of(rows[i], file) + ": " + std::string(kNoAnswer);
  }
}

/// Fails the rows that the task can say nothing about.
void set_faulty_aside(std::vector<Row>& rows, const std::string& file, const Task& task,
                      const Profile& profile) {
  for (auto& row : rows) {
    if (!row.error.empty()) continue;
    const auto why = task.fault(*row.sample, profile);
    if (!why.empty()) row.error = place_of(row, file) + ": " + why;
  }
}

/// Fails the rows that the task can say nothing about for want of others.
void set_incomplete_aside(std::vector<Row>& rows, const std::string& file, const Task& task,
                          const Profile& profile) {
  for (const auto& [i, why] : task.faults_among(rows, profile)) {
    if (rows[i].error.empty()) rows[i].error = place_of(rows[i], file) + ": " + why;
  }
}

PredictionSet finished(PredictionSet set, const std::filesystem::path& path, const Task& task,
                       Samples samples) {
  if (set.rows.empty()) model::fail(path.string(), ": expected at least one prediction, got none");
  if (!samples.empty() && set.is_after_sheet) {
    set.rows = with_sheet_cells(std::move(set.rows), samples, task, path.string());
  } else if (!samples.empty()) {
    set.rows = joined(std::move(set.rows), samples, path.string());
  } else {
    set_unanswered_aside(set.rows, path.string());
    set_repeated_aside(set.rows, path.string());
    if (set.format == "samples-jsonl") {
      model::fail(path.string(), ": holds responses alone; give the data of ", task.name(),
                  " too (--data)");
    }
  }
  return set;
}

/// Predictions of InternVL's scripts and of other harnesses.
PredictionSet from_foreign(ForeignPredictions foreign, const std::string& file, const Task& task,
                           const Profile& profile, Samples samples) {
  if (foreign.predictions.empty()) {
    model::fail(file, ": expected at least one prediction, got none");
  }
  auto rows = samples.empty()
                  ? rows_with_own_samples(std::move(foreign.predictions), task, profile, file)
                  : rows_of_samples(foreign.predictions, samples, file);
  return {.rows = std::move(rows), .format = std::move(foreign.format)};
}

PredictionSet read_folder(const std::filesystem::path& path, const Task& task,
                          const Profile& profile, Samples samples) {
  if (is_mme_folder(path)) {
    return from_foreign({"internvl-mme", read_mme_results(path)}, path.string(), task, profile,
                        samples);
  }
  return finished({.rows = read_mmmu_folder(path), .format = "mmmu-folder"}, path, task, samples);
}

PredictionSet read_list(const std::filesystem::path& path, const Task& task, bool has_samples) {
  if (holds_table_rows(path)) return read_table_list(path, task, has_samples);
  return {.rows = read_multimodal_ocr(path), .format = "multimodalocr-json"};
}

PredictionSet read_file(const std::filesystem::path& path, const Task& task, const Profile& profile,
                        Samples samples) {
  const auto file = MappedFile::open(path);
  auto text = file->text();
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) model::fail(path.string(), ": the file is blank");
  text.remove_prefix(first);
  PredictionSet set;
  if (text.starts_with("PK\x03\x04")) {
    set = read_sheet_predictions(path, task, profile, !samples.empty());
  } else if (is_mmmu_answers(text)) {
    set = {.rows = read_mmmu_answers(path, !samples.empty()), .format = "mmmu-answers"};
  } else if (is_seed_predictions(text)) {
    set = {.rows = read_seed_predictions(path), .format = "seedbench-lines"};
  } else if (auto map = text.front() == '{' ? read_id_map(path, !samples.empty()) : std::nullopt) {
    set = std::move(*map);
  } else if (text.front() == '{' || text.front() == '[' || holds_json_lines(path)) {
    if (auto foreign = read_foreign_json(path)) {
      return from_foreign(std::move(*foreign), path.string(), task, profile, samples);
    }
    set = text.front() != '[' || holds_json_lines(path)
              ? read_line_predictions(path, task, !samples.empty())
              : read_list(path, task, !samples.empty());
  } else {
    set = {.rows = read_table(path, table_rules(task, profile, !samples.empty())),
           .format = kTable};
  }
  return finished(std::move(set), path, task, samples);
}

}  // namespace

Profile scoring_profile(const Profile& profile, const PredictionSet& set) {
  auto scoring = profile;
  scoring.sheet.is_behind_cells = set.is_after_sheet;
  return scoring;
}

PredictionSet read_predictions(const std::filesystem::path& path, const Task& task,
                               const Profile& profile, Samples samples) {
  auto set = std::filesystem::is_directory(path) ? read_folder(path, task, profile, samples)
                                                 : read_file(path, task, profile, samples);
  if (profile.keeps_texts) return set;
  set_faulty_aside(set.rows, path.string(), task, profile);
  if (samples.empty()) set_incomplete_aside(set.rows, path.string(), task, profile);
  return set;
}

}  // namespace mono::tasks
