#include "tasks/reader/mmmu_predictions.h"

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "tasks/reader/choice_layouts.h"
#include "tasks/reader/joined_predictions.h"
#include "tasks/reader/json_cells.h"
#include "tasks/reader/json_lines.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/reader/samples.h"

namespace mono::tasks {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kAnswersFile = "answer_dict_val.json";

Row row_of(json fields, std::string response, const std::string& where) {
  use_table_columns(fields, where);
  return {.sample = std::make_shared<const Sample>(sample_of_cells(cells_of_json(fields), where)),
          .response = std::move(response)};
}

/// The answers file beside `path` or in a folder above.
fs::path find_answers(const fs::path& path) {
  for (auto folder = fs::absolute(path).parent_path();; folder = folder.parent_path()) {
    if (fs::exists(folder / kAnswersFile)) return folder / kAnswersFile;
    if (folder == folder.parent_path()) {
      model::fail(path.string(), ": expected ", kAnswersFile,
                  " beside it or in a folder above, found none");
    }
  }
}

Row row_of_element(const json& element, const std::string& where) {
  if (!element.is_object()) {
    model::fail(where, ": expected a JSON object, got ", element.type_name());
  }
  json fields = {{"id", json_field(element, "id", where)},
                 {"question_type", json_field(element, "question_type", where)},
                 {"answer", json_field(element, "answer", where)},
                 {"options", element.value("index2ans", json::object())}};
  return row_of(std::move(fields), json_text(element, "response", where), where);
}

/// What a file of answers knows about an id.
json with_answer(const std::string& id, const json& answers, const std::string& where) {
  const auto& answer = json_field(answers, id, where);
  return {{"id", id},
          {"question_type", json_field(answer, "question_type", where)},
          {"answer", json_field(answer, "ground_truth", where)},
          {"options", json::array()}};
}

std::string response_text(const json& response, const std::string& where) {
  if (!response.is_string()) model::fail(where, ": expected a text, got ", response.type_name());
  return response.get<std::string>();
}

}  // namespace

std::vector<Row> read_mmmu_folder(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (fs::exists(entry.path() / "output.json")) files.push_back(entry.path() / "output.json");
  }
  if (files.empty()) {
    model::fail(folder.string(), ": expected folders with an output.json, found none");
  }
  std::sort(files.begin(), files.end());
  std::vector<Row> rows;
  for (const auto& file : files) {
    const auto list = read_json_file(file);
    if (!list.is_array()) model::fail(file.string(), ": expected a list, got ", list.type_name());
    const auto elements = std::make_shared<const std::string>(file.string() + ": element ");
    for (size_t i = 0; i < list.size(); ++i) {
      const Place place{elements, static_cast<int64_t>(i)};
      const auto where = place.text();
      rows.push_back(
          row_or_failed(list[i], where, where, [&] { return row_of_element(list[i], where); }));
      rows.back().place = place;
    }
  }
  refuse_if_all_failed(rows);
  return rows;
}

bool is_mmmu_answers(std::string_view text) {
  constexpr std::array<std::string_view, 3> kIdPrefixes = {"\"validation_", "\"dev_", "\"test_"};
  const size_t brace = text.find_first_not_of(" \t\r\n");
  if (brace == std::string_view::npos || text[brace] != '{') return false;
  const size_t key = text.find_first_not_of(" \t\r\n", brace + 1);
  if (key == std::string_view::npos) return false;
  return std::any_of(kIdPrefixes.begin(), kIdPrefixes.end(),
                     [&](std::string_view prefix) { return text.substr(key).starts_with(prefix); });
}

std::vector<Row> read_mmmu_answers(const fs::path& path, bool has_samples) {
  auto predictions = json_entries(MappedFile::open(path)->text());
  if (predictions.empty()) model::fail(path.string(), ": expected a JSON object, whole");
  std::stable_sort(predictions.begin(), predictions.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto answers = has_samples ? json() : read_json_file(find_answers(path));
  std::vector<Row> rows;
  for (const auto& [id, response] : predictions) {
    const auto where = path.string() + ": " + id;
    const json fields = {{"id", id}};
    rows.push_back(row_or_failed(fields, id, where, [&, &id = id, &response = response] {
      const auto known = has_samples ? fields : with_answer(id, answers, where);
      return row_of(known, response_text(response, where), where);
    }));
  }
  refuse_if_all_failed(rows);
  return rows;
}

}  // namespace mono::tasks
