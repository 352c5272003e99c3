#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>
#include <utility>

#include "tasks/reader/choice_layouts.h"
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

constexpr std::array<const char*, 3> kIdFields = {"index", "question_id", "id"};

/// ScienceQA's rows have no id: they are counted from 0.
void set_id(nlohmann::json& row, size_t position) {
  const bool has_id = std::any_of(kIdFields.begin(), kIdFields.end(),
                                  [&](const char* name) { return row.contains(name); });
  if (!has_id) row["index"] = position;
}

/// The names in `image`, or in MMMU's `image_1` to `image_7`, of which some are null.
std::vector<std::string> image_names(const nlohmann::json& row, const std::string& where) {
  constexpr int kMaxImages = 7;
  std::vector<std::string> names;
  for (int i = 1; i <= kMaxImages && !row.contains("image"); ++i) {
    const auto field = "image_" + std::to_string(i);
    if (row.contains(field) && !row[field].is_null()) {
      names.push_back(json_text(row, field, where));
    }
  }
  if (names.empty()) names.push_back(json_text(row, "image", where));
  return names;
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

}  // namespace

SampleSet read_jsonl_samples(const std::filesystem::path& path, std::string_view id_prefix) {
  const auto answers = read_annotations(path);
  SampleSet set{.samples = {}, .format = "internvl-jsonl"};
  std::unordered_map<std::string, std::string> line_of_id;
  const SeedQuestions seed_questions(path);
  for_each_json_line(path, [&](const nlohmann::json& line, const std::string& where) {
    auto row = line;
    seed_questions.complete(row);
    use_table_columns(row, where);
    if (line.contains("choices")) set_id(row, set.samples.size());
    json_text(row, "question", where);
    auto sample = sample_of_cells(cells_of_json(row), where);
    if (row.contains("question_id") && row["question_id"].is_number()) {
      sample.id.insert(0, id_prefix);
    }
    const auto [earlier, is_new] = line_of_id.emplace(sample.id, where);
    if (!is_new) model::fail(where, ": id '", sample.id, "' was used before, at ", earlier->second);
    set_targets(sample, row, answers, where);
    for (const auto& image : image_names(row, where)) {
      sample.images.push_back({image, ImageSource(find_image(path, image))});
    }
    set.samples.push_back(std::make_shared<const Sample>(std::move(sample)));
  });
  return set;
}

}  // namespace mono::tasks
