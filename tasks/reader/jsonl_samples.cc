#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <utility>

#include "tasks/reader/json_cells.h"
#include "tasks/reader/json_lines.h"
#include "tasks/reader/samples.h"

namespace mono::tasks {
namespace {

using Answers = std::unordered_map<std::string, std::vector<std::string>>;

std::string id_text(const nlohmann::json& id, const std::string& where) {
  if (id.is_string()) return id.get<std::string>();
  if (id.is_number_integer()) return std::to_string(id.get<int64_t>());
  model::fail(where, ": expected an id, a text or an integer, got ", id.type_name());
}

/// The answers by question id in `<name>_annotations.json` beside `<name>.jsonl`.
std::optional<Answers> read_annotations(const std::filesystem::path& jsonl) {
  const auto path = jsonl.parent_path() / (jsonl.stem().string() + "_annotations.json");
  if (!std::filesystem::exists(path)) return std::nullopt;
  const auto where = path.string();
  const auto file = read_json_file(path);
  Answers answers;
  for (const auto& annotation : json_field(file, "annotations", where)) {
    const auto id = id_text(json_field(annotation, "question_id", where), where);
    answers[id] =
        texts_of_json(json_field(annotation, "answers", where), where + ": question " + id);
  }
  return answers;
}

/// The file an `image` field names: below the folder of the JSON Lines file or one above it,
/// since InternVL's scripts run in a folder above their data.
std::filesystem::path find_image(const std::filesystem::path& jsonl, const std::string& name) {
  const auto folder = std::filesystem::absolute(jsonl).parent_path();
  for (auto base = folder;; base = base.parent_path()) {
    for (const auto& path : {base / name, base / "images" / name}) {
      if (std::filesystem::exists(path)) return path;
    }
    if (base == base.parent_path()) return folder / name;
  }
}

void set_targets(Sample& sample, const nlohmann::json& row, const std::optional<Answers>& answers,
                 const std::string& where) {
  if (answers) {
    const auto found = answers->find(sample.id);
    if (found == answers->end()) {
      model::fail(where, ": question ", sample.id, " is not among the annotations");
    }
    sample.targets = found->second;
    std::erase_if(sample.cells, [](const auto& cell) { return cell.first == "answer"; });
    return;
  }
  for (const char* const name : {"answers", "answer"}) {
    if (row.contains(name) && row[name].is_array())
      sample.targets = texts_of_json(row[name], where);
  }
}

/// The cells of a row; some files have the question in the field `text`.
std::vector<std::pair<std::string, Cell>> cells_with_question(const nlohmann::json& row,
                                                              const std::string& where) {
  auto cells = cells_of_json(row);
  const bool has_text = !row.contains("question") && row.contains("text");
  json_text(row, has_text ? "text" : "question", where);
  for (auto& [name, cell] : cells) {
    if (has_text && name == "text") name = "question";
  }
  return cells;
}

}  // namespace

SampleSet read_jsonl_samples(const std::filesystem::path& path, std::string_view id_prefix) {
  const auto answers = read_annotations(path);
  SampleSet set{.samples = {}, .format = "internvl-jsonl"};
  std::unordered_map<std::string, std::string> line_of_id;
  for_each_json_line(path, [&](const nlohmann::json& row, const std::string& where) {
    const auto image = json_text(row, "image", where);
    auto sample = sample_of_cells(cells_with_question(row, where), where);
    if (row.contains("question_id") && row["question_id"].is_number()) {
      sample.id.insert(0, id_prefix);
    }
    const auto [earlier, is_new] = line_of_id.emplace(sample.id, where);
    if (!is_new) model::fail(where, ": id '", sample.id, "' was used before, at ", earlier->second);
    set_targets(sample, row, answers, where);
    sample.images.push_back({image, ImageSource(find_image(path, image))});
    set.samples.push_back(std::make_shared<const Sample>(std::move(sample)));
  });
  return set;
}

}  // namespace mono::tasks
