#include "tasks/reader/predictions.h"

#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "tasks/reader/id_map_predictions.h"
#include "tasks/reader/json_cells.h"
#include "tasks/reader/json_lines.h"
#include "tasks/reader/llava_predictions.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/reader/mmmu_predictions.h"
#include "tasks/reader/samples.h"
#include "tasks/reader/seed_predictions.h"

namespace mono::tasks {
namespace {

using Samples = std::span<const std::shared_ptr<const Sample>>;

/// A row of a file that holds its own question and answer.
Row row_of_cells(std::vector<std::pair<std::string, Cell>> cells, std::string response,
                 const std::string& where) {
  return {.sample = std::make_shared<const Sample>(sample_of_cells(std::move(cells), where)),
          .response = std::move(response)};
}

/// VILA: a row of a VLMEvalKit table as JSON, with its prediction; null stands for the text nan.
Row read_vila(const nlohmann::json& line, const std::string& where) {
  auto cells = cells_of_json(line);
  std::string response;
  std::erase_if(cells, [&](const auto& cell) {
    if (cell.first != "prediction") return false;
    response = cell_text(cell.second);
    return true;
  });
  return row_of_cells(std::move(cells), std::move(response), where);
}

/// Our own samples file: the question is elsewhere, the row has its sample's id alone.
Row read_own(const nlohmann::json& line, const std::string& where) {
  auto sample = std::make_shared<Sample>();
  sample->id = json_text(line, "id", where);
  const bool has_error = line.contains("error") && line["error"].is_string();
  return {.sample = std::move(sample),
          .response = json_text(line, "response", where),
          .error = has_error ? line["error"].get<std::string>() : ""};
}

/// MultimodalOCR: a list of questions with `answer`, the prediction, and `gt_answers`.
std::vector<Row> read_multimodal_ocr(const std::filesystem::path& path) {
  const auto list = read_json_file(path);
  std::vector<Row> rows;
  for (size_t i = 0; i < list.size(); ++i) {
    const auto where = path.string() + ": element " + std::to_string(i);
    const auto& references = json_field(list[i], "gt_answers", where);
    Sample sample{.id = std::to_string(i), .question = json_text(list[i], "question", where)};
    sample.targets = references.is_string()
                         ? std::vector<std::string>{references.get<std::string>()}
                         : texts_of_json(references, where);
    rows.push_back({.sample = std::make_shared<const Sample>(std::move(sample)),
                    .response = json_text(list[i], "answer", where)});
  }
  return rows;
}

/// VLMEvalKit: the dataset's columns, without pictures, and `prediction`.
std::vector<Row> read_table(const std::filesystem::path& path) {
  const auto table = read_tsv(path);
  const int column = table.column("prediction");
  if (column < 0) model::fail(path.string(), ":1: expected a column 'prediction', got none");
  constexpr std::string_view kLeftOut[] = {"image", "prediction"};
  auto samples = samples_of_table(table, kLeftOut);
  std::vector<Row> rows;
  for (size_t i = 0; i < samples.size(); ++i) {
    rows.push_back({.sample = std::make_shared<const Sample>(std::move(samples[i])),
                    .response = table.rows[i].fields[static_cast<size_t>(column)].text()});
  }
  return rows;
}

std::string json_lines_format(const nlohmann::json& line, const std::string& where) {
  if (line.contains("prediction")) return "vila-jsonl";
  if (line.contains("question_id") && line.contains("text")) return "llava-jsonl";
  if (line.contains("id") && line.contains("response")) return "samples-jsonl";
  model::fail(where,
              ": expected a field 'prediction', fields 'question_id' and 'text', or fields 'id' "
              "and 'response'; got ",
              line.dump().substr(0, 80));
}

PredictionSet read_json_lines(const std::filesystem::path& path, bool has_samples) {
  PredictionSet set;
  LlavaAnnotations annotations(path, has_samples);
  for_each_json_line(path, [&](const nlohmann::json& line, const std::string& where) {
    if (set.format.empty()) set.format = json_lines_format(line, where);
    if (set.format == "vila-jsonl") {
      json_field(line, "prediction", where);
      set.rows.push_back(read_vila(line, where));
    } else if (set.format == "llava-jsonl") {
      set.rows.push_back(annotations.row(line, where));
    } else {
      set.rows.push_back(read_own(line, where));
    }
  });
  return set;
}

void require_unique_ids(const std::vector<Row>& rows, const std::string& file) {
  std::unordered_map<std::string_view, size_t> seen;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto [earlier, is_new] = seen.emplace(rows[i].sample->id, i);
    if (!is_new) {
      model::fail(file, ": row ", i + 1, ": id '", rows[i].sample->id, "' was used before, in row ",
                  earlier->second + 1);
    }
  }
}

/// Gives each of the dataset's samples its prediction; one without any becomes a failed row.
std::vector<Row> joined(const std::vector<Row>& predictions, Samples samples,
                        const std::string& file) {
  std::unordered_map<std::string_view, const Row*> by_id;
  for (const auto& row : predictions) by_id.emplace(row.sample->id, &row);
  std::vector<Row> rows;
  rows.reserve(samples.size());
  for (const auto& sample : samples) {
    const auto found = by_id.find(sample->id);
    Row row{.sample = sample};
    if (found == by_id.end()) {
      row.error = "no prediction in " + file;
    } else {
      row.response = found->second->response;
      row.error = found->second->error;
      row.stored_verdicts = found->second->stored_verdicts;
      by_id.erase(found);
    }
    rows.push_back(std::move(row));
  }
  if (!by_id.empty()) {
    model::fail(file, ": ", by_id.size(), " predictions have no sample, id '", by_id.begin()->first,
                "' for one");
  }
  return rows;
}

PredictionSet finished(PredictionSet set, const std::filesystem::path& path, const Task& task,
                       Samples samples) {
  if (set.rows.empty()) model::fail(path.string(), ": expected at least one prediction, got none");
  require_unique_ids(set.rows, path.string());
  if (!samples.empty()) {
    set.rows = joined(set.rows, samples, path.string());
  } else if (set.format == "samples-jsonl") {
    model::fail(path.string(), ": holds responses alone; the data of ", task.name(),
                " is needed too");
  }
  return set;
}

}  // namespace

PredictionSet read_predictions(const std::filesystem::path& path, const Task& task,
                               const Profile& /*profile*/, Samples samples) {
  if (std::filesystem::is_directory(path)) {
    return finished({.rows = read_mmmu_folder(path), .format = "mmmu-folder"}, path, task, samples);
  }
  const auto file = MappedFile::open(path);
  const auto text = file->text();
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) model::fail(path.string(), ": the file is blank");
  if (text.starts_with("PK\x03\x04")) {
    model::fail(path.string(), ": expected a text file, got a spreadsheet; save it as TSV");
  }
  PredictionSet set;
  if (is_mmmu_answers(text)) {
    set = {.rows = read_mmmu_answers(path, !samples.empty()), .format = "mmmu-answers"};
  } else if (is_seed_predictions(text)) {
    set = {.rows = read_seed_predictions(path), .format = "seedbench-lines"};
  } else if (text[first] == '{') {
    auto map = read_id_map(path, !samples.empty());
    set = map ? std::move(*map) : read_json_lines(path, !samples.empty());
  } else if (text[first] == '[') {
    set = {.rows = read_multimodal_ocr(path), .format = "multimodalocr-json"};
  } else {
    set = {.rows = read_table(path), .format = "vlmevalkit-tsv"};
  }
  return finished(std::move(set), path, task, samples);
}

}  // namespace mono::tasks
