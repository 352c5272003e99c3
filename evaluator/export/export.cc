#include "evaluator/export/export.h"

#include <algorithm>

#include "model/adapter.h"
#include "results/file.h"

namespace mono::evaluator {

namespace {

std::vector<tasks::Row> answered(std::span<const tasks::Row> rows) {
  std::vector<tasks::Row> result;
  for (const auto& row : rows) {
    if (row.error.empty()) result.push_back(row);
  }
  return result;
}

/// lm-eval and lmms-eval count documents; a document left out would move the others.
bool goes_by_order(const std::string& format, const tasks::Task& task) {
  return format == "lmms-eval" ||
         (format == "internvl-json" && internvl_goes_by_order(task.name()));
}

/// \throws model::SetupError if the rows hold what the format has no place for.
void refuse_loss(const std::string& format, const std::string& file,
                 std::span<const tasks::Row> rows, const tasks::Task& task) {
  const auto has_grade = [](const tasks::Row& row) { return !row.stored_verdicts.empty(); };
  const bool is_any_graded = std::any_of(rows.begin(), rows.end(), has_grade);
  const bool has_response = std::any_of(
      rows.begin(), rows.end(), [](const tasks::Row& row) { return !row.response.empty(); });
  if (is_any_graded && !has_response) {
    model::fail(file, ": nothing to write: the input holds grades and no responses");
  }
  if (is_any_graded && !(format == "internvl-json" && task.name() == "mathvista")) {
    model::fail(file, ": ", format, " has no place for the extractions of the input; internvl-json",
                " has");
  }
}

}  // namespace

const std::vector<std::string>& export_formats() {
  static const std::vector<std::string> formats = {
      "samples", "vlmevalkit-tsv", "vlmevalkit-xlsx", "internvl-json", "lmms-eval", "lm-eval"};
  return formats;
}

size_t write_predictions(const std::string& format, const std::filesystem::path& path,
                         std::span<const tasks::Row> all_rows, const tasks::Task& task,
                         const tasks::Profile& profile) {
  const auto rows = answered(all_rows);
  if (rows.empty()) model::fail(path.string(), ": no row has a prediction");
  if (rows.size() < all_rows.size() && goes_by_order(format, task)) {
    const auto failed = std::find_if(all_rows.begin(), all_rows.end(),
                                     [](const tasks::Row& row) { return !row.error.empty(); });
    model::fail(path.string(), ": ", format, " knows rows by their order, and row '",
                failed->sample->id, "' has no prediction: ", failed->error);
  }
  refuse_loss(format, path.string(), rows, task);
  if (format == "vlmevalkit-xlsx") {
    write_vlmevalkit_xlsx(path, rows, profile);
  } else if (format == "internvl-json") {
    write_internvl(path, rows, task, profile);
  } else if (format == "samples") {
    results::write_file_atomically(path, samples_text(rows, task, profile));
  } else if (format == "vlmevalkit-tsv") {
    results::write_file_atomically(path, vlmevalkit_tsv_text(rows));
  } else if (format == "lmms-eval") {
    results::write_file_atomically(path, lmms_eval_text(rows));
  } else if (format == "lm-eval") {
    results::write_file_atomically(path, lm_eval_text(rows));
  } else {
    model::fail<model::UsageError>("unknown format '", format, "'");
  }
  return rows.size();
}

}  // namespace mono::evaluator
