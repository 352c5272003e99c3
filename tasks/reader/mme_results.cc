#include <algorithm>
#include <nlohmann/json.hpp>

#include "model/adapter.h"
#include "tasks/reader/foreign_predictions.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/reader/mme_folder.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kPromptEnd = " Answer the question using a single word or phrase.";

/// Picture, prompt and accepted answer end at a tab each; the response is the rest of the line.
std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  while (fields.size() < 3) {
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) break;
    fields.emplace_back(line.substr(0, tab));
    line.remove_prefix(tab + 1);
  }
  fields.emplace_back(line);
  return fields;
}

Prediction prediction_of(std::string_view line, const std::string& task, const Place& place) {
  auto fields = fields_of(line);
  if (fields.size() != 4) {
    return {.fault = "expected picture, prompt, accepted answer and response between tabs, got " +
                     std::to_string(fields.size()) + " fields",
            .fields = {{"category", task}},
            .place = place};
  }
  auto question = fields[1];
  if (question.ends_with(kPromptEnd)) question.resize(question.size() - kPromptEnd.size());
  return {.question = question,
          .response = std::move(fields[3]),
          .fields = {{"category", task},
                     {"image_path", task + "/" + fields[0]},
                     {"question", question},
                     {"answer", fields[2]}},
          .place = place};
}

}  // namespace

std::vector<Prediction> read_mme_results(const std::filesystem::path& folder) {
  std::vector<Prediction> predictions;
  for (const auto& path : mme_text_files(folder)) {
    const auto file = MappedFile::open(path);
    const auto before_number = std::make_shared<const std::string>(path.string() + ":");
    auto rest = file->text();
    for (int64_t number = 1; !rest.empty(); ++number) {
      const size_t end = rest.find('\n');
      const auto line = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      if (strip(line).empty()) continue;
      predictions.push_back(prediction_of(line, path.stem().string(), {before_number, number}));
    }
  }
  const bool is_any_usable =
      std::any_of(predictions.begin(), predictions.end(),
                  [](const Prediction& prediction) { return prediction.fault.empty(); });
  if (!is_any_usable && !predictions.empty()) {
    model::fail(predictions.front().place.text(), ": ", predictions.front().fault);
  }
  return predictions;
}

}  // namespace mono::tasks
