#include "tasks/reader/foreign_predictions.h"

#include <algorithm>
#include <utility>

#include "model/adapter.h"
#include "tasks/reader/harness_predictions.h"
#include "tasks/reader/json_lines.h"
#include "tasks/reader/line_predictions.h"
#include "tasks/reader/row_fields.h"

namespace mono::tasks {
namespace {

using nlohmann::json;
using Names = std::vector<std::string_view>;

/// A file of InternVL's: known by the fields of its objects.
struct InternVlFormat {
  std::string_view name{};
  Names has{};
  Names lacks{};
  Names ids{};
  Names responses{};  // the first there is: the model's own text before the one read from it
  std::string_view gold{};
  bool has_one_gold = false;  // one text; MultimodalOCR's files have the same fields and a list
};

const std::vector<InternVlFormat>& internvl_formats() {
  static const std::vector<InternVlFormat> formats = {
      {"internvl-mmmu", {"data_id", "answer"}, {}, {"data_id"}, {"answer"}, ""},
      {"internvl-scienceqa",
       {"answer", "gt_answers", "image_path"},
       {"model_name"},
       {},
       {"answer_orig", "answer"},
       "gt_answers",
       true},
      {"internvl-seed",
       {"question_id", "prediction", "answer"},
       {"index"},
       {"question_id"},
       {"prediction"},
       "answer"},
      {"internvl-captions", {"image_id", "caption"}, {}, {"image_id"}, {"caption"}, ""},
      {"internvl-pope",
       {"question_id", "text", "metadata"},
       {"prompt"},
       {"question_id"},
       {"text_orig", "text"},
       ""},
      {"internvl-gqa", {"questionId", "prediction"}, {}, {"questionId"}, {"prediction"}, ""},
      {"internvl-vqa", {"question_id", "answer"}, {"gt_answers"}, {"question_id"}, {"answer"}, ""},
      {"internvl-vqa", {"questionId", "answer"}, {}, {"questionId"}, {"answer"}, "annotation"},
      {"internvl-ai2d", {"image", "answer", "annotation"}, {}, {"image"}, {"answer"}, "annotation"},
      {"internvl-chartqa", {"question", "answer", "annotation"}, {}, {}, {"answer"}, "annotation"},
  };
  return formats;
}

bool reads_answer(const InternVlFormat& format) {
  return std::find(format.responses.begin(), format.responses.end(), "answer") !=
         format.responses.end();
}

/// Where a row has a prediction, its answer is the accepted one.
bool has_other_answer(const json& row, const InternVlFormat& format) {
  return reads_answer(format) && row.contains("prediction");
}

const InternVlFormat* internvl_format(const json& row) {
  const auto has = [&](std::string_view name) { return row.contains(name); };
  for (const auto& format : internvl_formats()) {
    const bool fits = std::all_of(format.has.begin(), format.has.end(), has) &&
                      std::none_of(format.lacks.begin(), format.lacks.end(), has);
    const auto* const gold = format.has_one_gold ? find_field(row, format.gold) : nullptr;
    const bool is_list = gold != nullptr && gold->is_array();
    if (fits && !is_list && !has_other_answer(row, format)) return &format;
  }
  return nullptr;
}

std::string first_text(const json& row, const Names& names) {
  for (const auto name : names) {
    const auto* const value = find_field(row, name);
    if (value != nullptr) return field_text(*value, name);
  }
  model::fail("expected a field '", names.front(), "', got none");
}

std::string first_response(const json& row, const Names& names) {
  for (const auto name : names) {
    const auto* const value = find_field(row, name);
    if (value != nullptr && value->is_null()) {
      model::fail("field '", name, "': expected a text, got null");
    }
    if (value != nullptr) break;
  }
  return first_text(row, names);
}

Prediction internvl_prediction(const json& row, const InternVlFormat& format, const Place& place) {
  if (has_other_answer(row, format)) {
    model::fail("expected no field 'prediction' where 'answer' is the response");
  }
  Prediction prediction{.response = first_response(row, format.responses), .place = place};
  if (!format.ids.empty()) prediction.id = first_text(row, format.ids);
  const auto* const question = find_field(row, "question");
  if (question != nullptr) prediction.question = field_text(*question, "question");
  const auto* const gold = find_field(row, format.gold);
  if (format.gold.empty() || gold == nullptr) return prediction;
  prediction.fields = {{"question", prediction.question}, {"answer", *gold}};
  const auto* const split = find_field(row, "split");
  if (split != nullptr) prediction.fields["split"] = field_text(*split, "split");
  prediction.fields["index"] = prediction.id.empty() ? std::to_string(place.number) : prediction.id;
  return prediction;
}

/// Collects the rows of one file, whose first usable row says what it is.
class Collector {
 public:
  Collector(const std::filesystem::path& path, bool is_lines)
      : is_lines_(is_lines),
        where_(
            std::make_shared<const std::string>(path.string() + (is_lines ? ":" : ": element "))) {}

  /// \param fault  Why the row cannot be used, where the file says so.
  /// \returns false where the row belongs to another format, and so all of them.
  bool add(const json& row, int64_t number, const std::string& fault = "") {
    const bool is_unknown = found_.format.empty() && !(row.is_object() && choose(row));
    if (is_unknown && row.is_object() && is_other_format(row)) return false;
    if (is_unknown) {
      waiting_.push_back({row, {where_, number}, fault});
      return true;
    }
    for (const auto& line : std::exchange(waiting_, {}))
      add_known(line.row, line.place, line.fault);
    add_known(row, {where_, number}, fault);
    return true;
  }

  std::optional<ForeignPredictions> found() && {
    if (found_.format.empty()) return std::nullopt;
    if (num_usable_ == 0) {
      const auto& first = found_.predictions.front();
      model::fail(first.place.text(), ": ", first.fault);
    }
    return std::move(found_);
  }

 private:
  struct Line {
    json row{};
    Place place{};
    std::string fault{};
  };

  void add_known(const json& row, const Place& place, const std::string& fault) {
    try {
      if (!fault.empty()) model::fail(fault);
      add_row(row, place);
      ++num_usable_;
    } catch (const model::SetupError& cause) {
      set_aside(row, place, cause.what());
    } catch (const json::exception& cause) {
      set_aside(row, place, cause.what());
    }
  }

  /// A file may begin with rows that cannot be used.
  bool is_other_format(const json& row) const {
    constexpr size_t kMaxWaiting = 100;
    if (!is_lines_) return is_table_row(row) || waiting_.size() >= kMaxWaiting;
    return row.contains("header") || !line_format(row).empty();
  }

  /// A prediction that cannot be used, with what says whose it is.
  void set_aside(const json& row, const Place& place, const std::string& fault) {
    Prediction prediction{.fault = fault, .place = place};
    const auto* const doc = find_field(row, "doc_id");
    if (doc != nullptr && doc->is_number_integer()) prediction.position = doc->get<int64_t>();
    if (format_ != nullptr && !format_->ids.empty()) {
      const auto* const id = find_field(row, format_->ids.front());
      const bool is_name = id != nullptr && (id->is_string() || id->is_number_integer());
      if (is_name) prediction.id = field_text(*id, format_->ids.front());
    }
    found_.predictions.push_back(std::move(prediction));
  }

  bool choose(const json& row) {
    if (is_table_row(row)) return false;
    harness_ = harness_of(row);
    format_ = harness_ == Harness::kNone ? internvl_format(row) : nullptr;
    if (harness_ == Harness::kNone && format_ == nullptr) return false;
    found_.format = format_ != nullptr             ? format_->name
                    : harness_ == Harness::kLmEval ? "lm-eval"
                                                   : "lmms-eval";
    filter_ = row.value("filter", json());
    return true;
  }

  void add_row(const json& row, const Place& place) {
    // lm-eval writes a row for each document and filter; the replies are the same.
    if (harness_ != Harness::kNone && row.value("filter", json()) != filter_) return;
    found_.predictions.push_back(format_ != nullptr ? internvl_prediction(row, *format_, place)
                                                    : harness_prediction(row, harness_, place));
  }

  bool is_lines_;
  std::shared_ptr<const std::string> where_;
  ForeignPredictions found_{};
  size_t num_usable_ = 0;
  Harness harness_ = Harness::kNone;
  const InternVlFormat* format_ = nullptr;
  json filter_{};
  std::vector<Line> waiting_{};  // until a line says what the file is
};

}  // namespace

std::optional<ForeignPredictions> read_foreign_json(const std::filesystem::path& path) {
  const bool is_lines = holds_json_lines(path);
  Collector collector(path, is_lines);
  bool is_known = true;
  if (is_lines) {
    for_each_json_line_or_fault(path, [&](const json& row, const JsonLine& line) {
      if (is_known) is_known = collector.add(row, line.number, line.fault);
    });
  } else {
    for_each_json_element(path, "", [&](json& row, int64_t number, const std::string& /*key*/) {
      const bool is_row = row.is_object();
      const auto fault =
          is_row ? "" : std::string("expected a JSON object, got ") + row.type_name();
      if (is_known) is_known = collector.add(is_row ? row : json(), number, fault);
    });
  }
  if (!is_known) return std::nullopt;
  return std::move(collector).found();
}

}  // namespace mono::tasks
