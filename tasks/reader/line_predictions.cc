#include "tasks/reader/line_predictions.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "tasks/reader/answer_check.h"
#include "tasks/reader/joined_predictions.h"
#include "tasks/reader/json_cells.h"
#include "tasks/reader/json_lines.h"
#include "tasks/reader/layout_parts.h"
#include "tasks/reader/layouts.h"
#include "tasks/reader/llava_predictions.h"
#include "tasks/reader/row_fields.h"
#include "tasks/reader/samples.h"

namespace mono::tasks {
namespace {

using nlohmann::json;

/// The prediction of a VILA row. In VLMEvalKit's table null is an empty cell, the text nan.
std::string vila_response(const json& row, const std::string& where) {
  const auto& value = json_field(row, "prediction", where);
  const auto cells = cells_of_json({{"prediction", value}});
  if (cells.empty() || (value.is_null() && !is_table_row(row))) {
    model::fail(where, ": field 'prediction': expected a text, got ", value.type_name());
  }
  return cell_text(cells.front().second);
}

/// A list of accepted answers, under any of its names, as the cell that a table has of it.
void add_listed_answers(const json& row, const std::string& where,
                        std::vector<std::pair<std::string, Cell>>& cells) {
  for (const auto& [name, value] : cells) {
    if (name == "answer") return;
  }
  try {
    if (auto answers = column_text(row, kReferences)) cells.emplace_back("answer", *answers);
  } catch (const model::SetupError& cause) {
    model::fail(where, ": ", cause.what());
  }
}

/// A row of a VLMEvalKit table as JSON, with its prediction.
Row vila_row(const json& row, const std::string& where) {
  auto cells = cells_of_json(row);
  std::erase_if(cells, [](const auto& cell) { return cell.first == "prediction"; });
  add_listed_answers(row, where, cells);
  Row result{.sample = std::make_shared<const Sample>(sample_of_cells(std::move(cells), where))};
  try {
    result.response = vila_response(row, where);
  } catch (const model::SetupError& cause) {
    result.error = cause.what();
  }
  return result;
}

/// Our own samples file: the question is elsewhere, the row has its sample's id alone.
Row own_row(const json& row, const std::string& where) {
  auto sample = std::make_shared<Sample>();
  sample->id = json_text(row, "id", where);
  const bool has_error = row.contains("error") && row["error"].is_string();
  return {.sample = std::move(sample),
          .response = json_text(row, "response", where),
          .error = has_error ? row["error"].get<std::string>() : ""};
}

/// The lines of one file, or the elements of its list, on their way to rows.
class LineRows {
 public:
  /// \param before_number  What stands between a file's name and the number of a row.
  LineRows(const std::filesystem::path& path, const std::string& before_number, const Task& task,
           bool has_samples)
      : lines_(std::make_shared<const std::string>(path.string() + before_number)),
        layout_(layout_of(task.name())),
        has_samples_(has_samples),
        annotations_(path, has_samples) {}

  void add(const json& row, const JsonLine& line) {
    if (row.contains("header")) return;
    if (set_.format.empty()) choose(row);
    if (set_.format.empty()) {
      waiting_.emplace_back(row, line);
      return;
    }
    for (const auto& [earlier, number] : std::exchange(waiting_, {})) add_row(earlier, number);
    add_row(row, line);
  }

  PredictionSet rows() && {
    for (const auto& [row, line] : std::exchange(waiting_, {})) add_row(row, line);
    if (num_usable_ == 0 && !set_.rows.empty()) model::fail(set_.rows.front().error);
    return std::move(set_);
  }

 private:
  void add_row(const json& row, const JsonLine& line) {
    const Place place{lines_, line.number};
    const auto where = place.text();
    if (row.is_null()) return set_aside(row, line, where + ": " + line.fault);
    try {
      if (set_.format.empty()) fail_on_unknown(row, where);
      set_.rows.push_back(row_of(row, where));
    } catch (const model::SetupError& cause) {
      return set_aside(row, line, line.fault.empty() ? cause.what() : where + ": " + line.fault);
    }
    set_.rows.back().place = place;
    auto& error = set_.rows.back().error;
    if (!line.fault.empty()) error = where + ": " + line.fault;
    if (error.empty()) ++num_usable_;
    check_letter(set_.rows.back(), where);
  }

  void choose(const json& row) {
    set_.format = line_format(row);
    if (set_.format == "llava-jsonl") annotations_.open();
  }

  [[noreturn]] static void fail_on_unknown(const json& row, const std::string& where) {
    model::fail(where,
                ": expected a field 'prediction', fields 'question_id' and 'text', or fields 'id' "
                "and 'response'; got ",
                row.dump().substr(0, 80));
  }

  Row row_of(const json& row, const std::string& where) const {
    if (set_.format == "vila-jsonl") return vila_row(row, where);
    if (set_.format == "llava-jsonl") return annotations_.row(row, where);
    return own_row(row, where);
  }

  void set_aside(const json& row, const JsonLine& line, const std::string& why) {
    set_.rows.push_back(failed_prediction(row, "line " + std::to_string(line.number), why));
    set_.rows.back().place = {lines_, line.number};
  }

  void check_letter(Row& row, const std::string& where) const {
    if (has_samples_ || !row.error.empty()) return;
    const auto why = letter_fault(*row.sample, layout_);
    if (!why.empty()) row.error = where + ": " + why;
  }

  std::shared_ptr<const std::string> lines_;  // what stands before a line's number
  const Layout& layout_;
  bool has_samples_;
  LlavaAnnotations annotations_;
  PredictionSet set_{};
  std::vector<std::pair<json, JsonLine>> waiting_{};  // until a line says what the file is
  size_t num_usable_ = 0;
};

}  // namespace

bool is_table_row(const json& row) {
  return row.contains("index") && row.contains("prediction");
}

std::string line_format(const json& row) {
  if (row.contains("prediction")) return "vila-jsonl";
  if (row.contains("question_id") && row.contains("text")) return "llava-jsonl";
  return row.contains("id") && row.contains("response") ? "samples-jsonl" : "";
}

PredictionSet read_line_predictions(const std::filesystem::path& path, const Task& task,
                                    bool has_samples) {
  LineRows rows(path, ":", task, has_samples);
  for_each_json_line_or_fault(path,
                              [&](const json& row, const JsonLine& line) { rows.add(row, line); });
  return std::move(rows).rows();
}

bool holds_table_rows(const std::filesystem::path& path) {
  bool is_any = false;
  for_each_json_element(path, "", [&](json& row, int64_t /*number*/, const std::string& /*key*/) {
    is_any = is_any || is_table_row(row);
  });
  return is_any;
}

PredictionSet read_table_list(const std::filesystem::path& path, const Task& task,
                              bool has_samples) {
  LineRows rows(path, ": element ", task, has_samples);
  for_each_json_element(path, "", [&](json& row, int64_t number, const std::string& /*key*/) {
    if (row.is_object()) return rows.add(row, {.number = number});
    const auto fault = std::string("expected a JSON object, got ") + row.type_name();
    rows.add(json(), {.number = number, .fault = fault});
  });
  return std::move(rows).rows();
}

}  // namespace mono::tasks
