#include "tasks/reader/multimodal_ocr.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "tasks/reader/joined_predictions.h"
#include "tasks/reader/json_cells.h"
#include "tasks/reader/json_lines.h"

namespace mono::tasks {
namespace {

Row row_of(const nlohmann::json& element, const Place& place) {
  const auto where = place.text();
  if (!element.is_object()) {
    model::fail(where, ": expected a JSON object, got ", element.type_name());
  }
  const auto& references = json_field(element, "gt_answers", where);
  Sample sample{.id = std::to_string(place.number),
                .question = json_text(element, "question", where)};
  if (!references.is_string()) {
    sample.targets = texts_of_json(references, where);
  } else if (!references.get_ref<const std::string&>().empty()) {
    sample.targets = {references.get<std::string>()};
  }
  return {.sample = std::make_shared<const Sample>(std::move(sample)),
          .response = json_text(element, "answer", where),
          .place = place};
}

}  // namespace

std::vector<Row> read_multimodal_ocr(const std::filesystem::path& path) {
  const auto list = read_json_file(path);
  const auto elements = std::make_shared<const std::string>(path.string() + ": element ");
  std::vector<Row> rows;
  for (const auto& element : list) {
    const Place place{elements, std::ssize(rows)};
    rows.push_back(row_or_failed(nlohmann::json::object(), std::to_string(place.number),
                                 place.text(), [&] { return row_of(element, place); }));
    rows.back().place = place;
  }
  refuse_if_all_failed(rows);
  return rows;
}

}  // namespace mono::tasks
