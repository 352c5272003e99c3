#include "tasks/reader/seed_predictions.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <utility>

#include "model/json_text.h"
#include "tasks/reader/joined_predictions.h"
#include "tasks/reader/json_lines.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr size_t kShown = 60;

std::string_view line_without_comma(std::string_view line) {
  line = strip(line);
  if (line.ends_with(',')) line.remove_suffix(1);
  return line;
}

/// \param num_before  How often the question was answered in earlier lines.
Row row_of(const nlohmann::json& line, const std::string& where, int num_before) {
  const auto id = json_text(line, "question_id", where);
  Sample sample{.id = num_before == 0 ? id : id + "#" + std::to_string(num_before + 1),
                .targets = {json_text(line, "gt_answer", where)}};
  if (sample.targets.front().empty()) {
    model::fail(where, ": field 'gt_answer': expected a letter, got an empty text");
  }
  sample.cells = {{"question_id", id}, {"answer", sample.targets.front()}};
  return {.sample = std::make_shared<const Sample>(std::move(sample)),
          .response = json_text(line, "prediction", where)};
}

nlohmann::json parse_line(std::string_view line) {
  return model::json_or_discarded(line_without_comma(line));
}

}  // namespace

bool is_seed_predictions(std::string_view text) {
  const auto lines = first_lines(text);
  const bool is_list = !lines.empty() && strip(lines.front()) == "[";
  return !is_list && std::any_of(lines.begin(), lines.end(), [](std::string_view text_of_line) {
    const auto line = parse_line(text_of_line);
    return line.is_object() && line.contains("question_id") && line.contains("gt_answer") &&
           line.contains("prediction") && !line.contains("index");
  });
}

std::vector<Row> read_seed_predictions(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  auto rest = file->text();
  const auto lines = std::make_shared<const std::string>(path.string() + ":");
  std::vector<Row> rows;
  std::unordered_map<std::string, int> num_answers;
  size_t num_usable = 0;
  for (int64_t number = 1; !rest.empty(); ++number) {
    const Place place{lines, number};
    const auto where = place.text();
    const size_t end = rest.find('\n');
    const auto text = rest.substr(0, end);
    rest.remove_prefix(std::min(text.size() + 1, rest.size()));
    if (strip(text).empty()) continue;
    const auto line = parse_line(text);
    try {
      if (!line.is_object()) {
        model::fail(where, ": expected a JSON object, got: ", text.substr(0, kShown));
      }
      rows.push_back(row_of(line, where, num_answers[json_text(line, "question_id", where)]++));
      ++num_usable;
    } catch (const model::SetupError& cause) {
      rows.push_back(failed_prediction(line, "line " + std::to_string(number), cause.what()));
    }
    rows.back().place = place;
  }
  if (num_usable == 0 && !rows.empty()) model::fail(rows.front().error);
  return rows;
}

}  // namespace mono::tasks
