#include "tasks/reader/seed_predictions.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <unordered_map>
#include <utility>

#include "tasks/reader/json_lines.h"
#include "tasks/reader/mapped_file.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

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
  sample.cells = {{"question_id", id}, {"answer", sample.targets.front()}};
  return {.sample = std::make_shared<const Sample>(std::move(sample)),
          .response = json_text(line, "prediction", where)};
}

nlohmann::json parse_line(std::string_view line) {
  return nlohmann::json::parse(line_without_comma(line), nullptr, /*allow_exceptions=*/false);
}

}  // namespace

bool is_seed_predictions(std::string_view text) {
  const auto line = parse_line(text.substr(0, text.find('\n')));
  return line.is_object() && line.contains("gt_answer") && line.contains("prediction");
}

std::vector<Row> read_seed_predictions(const std::filesystem::path& path) {
  const auto file = MappedFile::open(path);
  auto rest = file->text();
  std::vector<Row> rows;
  std::unordered_map<std::string, int> num_answers;
  for (int64_t number = 1; !rest.empty(); ++number) {
    const auto where = path.string() + ":" + std::to_string(number);
    const size_t end = rest.find('\n');
    const auto line = parse_line(rest.substr(0, end));
    if (!line.is_object()) {
      model::fail(where, ": expected a JSON object, got: ", rest.substr(0, end).substr(0, 60));
    }
    rows.push_back(row_of(line, where, num_answers[json_text(line, "question_id", where)]++));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return rows;
}

}  // namespace mono::tasks
