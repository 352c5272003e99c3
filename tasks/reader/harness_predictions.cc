#include "tasks/reader/harness_predictions.h"

#include "model/adapter.h"
#include "tasks/reader/row_fields.h"

namespace mono::tasks {
namespace {

using nlohmann::json;

const json& field(const json& row, std::string_view name) {
  const auto* const value = find_field(row, name);
  if (value == nullptr) model::fail("expected a field '", name, "', got none");
  return *value;
}

/// The first text in lists of lists: replies are wrapped by request and by repeat.
std::string innermost_text(const json& value, std::string_view name) {
  if (value.is_null()) model::fail("field '", name, "': expected a text, got null");
  if (!value.is_array()) return field_text(value, name);
  if (value.empty()) model::fail("field '", name, "': expected a reply, got an empty list");
  return innermost_text(value.front(), name);
}

int64_t doc_id(const json& row) {
  const auto& id = field(row, "doc_id");
  if (!id.is_number_integer()) {
    model::fail("field 'doc_id': expected an integer, got ", id.type_name());
  }
  return id.get<int64_t>();
}

/// lm-eval keeps the document; the model's own reply stands in `resps`.
Prediction lm_eval_prediction(const json& row, const Place& place) {
  Prediction prediction{.position = doc_id(row),
                        .response = innermost_text(field(row, "resps"), "resps"),
                        .fields = field(row, "doc"),
                        .place = place};
  const auto* const prompt = find_field(row, "arguments.gen_args_0.arg_0");
  if (prompt != nullptr && prompt->is_string()) prediction.question = *prompt;
  const auto* const index = find_field(prediction.fields, "index");
  if (index != nullptr) prediction.id = field_text(*index, "index");
  return prediction;
}

/// lmms-eval drops the document, and `resps` where it equals `filtered_resps`.
Prediction lmms_eval_prediction(const json& row, const Place& place) {
  const auto* const name = row.contains("resps") ? "resps" : "filtered_resps";
  Prediction prediction{
      .position = doc_id(row), .response = innermost_text(field(row, name), name), .place = place};
  const auto input = row.find("input");
  if (input != row.end() && input->is_string()) prediction.question = *input;
  return prediction;
}

}  // namespace

Harness harness_of(const json& row) {
  if (!row.contains("doc_id") || !row.contains("filtered_resps")) return Harness::kNone;
  const bool has_document = row.contains("doc") && row["doc"].is_object() && row.contains("resps");
  return has_document ? Harness::kLmEval : Harness::kLmmsEval;
}

Prediction harness_prediction(const json& row, Harness harness, const Place& place) {
  return harness == Harness::kLmEval ? lm_eval_prediction(row, place)
                                     : lmms_eval_prediction(row, place);
}

}  // namespace mono::tasks
