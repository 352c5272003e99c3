#include "tasks/reader/llava_predictions.h"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "tasks/reader/json_cells.h"
#include "tasks/reader/json_lines.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

std::string key_of(const std::string& image_id, std::string_view question) {
  return image_id + "\n" + lower(question);
}

/// The question in a prompt: its first line, or the second where OCR tokens come first.
std::string_view question_in(std::string_view prompt) {
  constexpr std::string_view kTokens = "Reference OCR token:";
  if (prompt.starts_with(kTokens))
    prompt.remove_prefix(std::min(prompt.find('\n'), prompt.size() - 1) + 1);
  return prompt.substr(0, prompt.find('\n'));
}

std::string id_text(const nlohmann::json& object, const std::string& name,
                    const std::string& where) {
  const auto& id = json_field(object, name, where);
  if (id.is_string()) return id.get<std::string>();
  if (id.is_number_integer()) return std::to_string(id.get<int64_t>());
  model::fail(where, ": field '", name, "': expected a text or an integer, got ", id.type_name());
}

std::filesystem::path find_annotations(const std::filesystem::path& predictions) {
  std::vector<std::filesystem::path> found;
  const auto folder = std::filesystem::absolute(predictions).parent_path();
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().string().ends_with("annotations.json")) found.push_back(entry.path());
  }
  if (found.size() != 1) {
    model::fail(predictions.string(), ": expected one file *annotations.json beside it, got ",
                found.size());
  }
  return found.front();
}

}  // namespace

void LlavaAnnotations::open() {
  if (has_samples_) return;
  const auto path = find_annotations(predictions_);
  const auto file = read_json_file(path);
  const auto& list = json_field(file, "data", path.string());
  for (size_t i = 0; i < list.size(); ++i) {
    const auto where = path.string() + ": element " + std::to_string(i) + " of 'data'";
    auto sample = std::make_shared<Sample>();
    sample->id = id_text(list[i], "question_id", where);
    sample->question = json_text(list[i], "question", where);
    sample->targets = texts_of_json(json_field(list[i], "answers", where), where);
    samples_[key_of(id_text(list[i], "image_id", where), sample->question)] = std::move(sample);
  }
}

Row LlavaAnnotations::row(const nlohmann::json& line, const std::string& where) const {
  const auto id = id_text(line, "question_id", where);
  auto response = json_text(line, "text", where);
  if (has_samples_) {
    auto sample = std::make_shared<Sample>();
    sample->id = id;
    return {.sample = std::move(sample), .response = std::move(response)};
  }
  const auto prompt = json_text(line, "prompt", where);
  const auto found = samples_.find(key_of(id, question_in(prompt)));
  if (found == samples_.end()) {
    model::fail(where, ": no annotation of picture '", id, "' asks '", question_in(prompt), "'");
  }
  return {.sample = found->second, .response = std::move(response)};
}

}  // namespace mono::tasks
