#include "tasks/reader/placed_prediction.h"

#include "tasks/reader/joined_predictions.h"
#include "tasks/reader/row_fields.h"

namespace mono::tasks {
namespace {

std::string error_of(const Prediction& prediction) {
  return prediction.fault.empty() ? "" : prediction.place.text() + ": " + prediction.fault;
}

}  // namespace

bool is_usable(const Prediction& prediction) {
  return prediction.fault.empty();
}

Row row_of(const std::shared_ptr<const Sample>& sample, const Prediction& prediction) {
  return {.sample = sample,
          .response = prediction.response,
          .error = sample->fault.empty() ? error_of(prediction) : sample->fault,
          .place = prediction.place};
}

/// A prediction that has failed and belongs to no sample, in its category where that is known.
Row unplaced_row(const Prediction& prediction, const std::string& name) {
  auto row = failed_prediction(nlohmann::json::object(), name, error_of(prediction));
  if (prediction.fields.contains("category")) {
    auto sample = *row.sample;
    sample.category = field_text(prediction.fields["category"], "category");
    row.sample = std::make_shared<const Sample>(std::move(sample));
  }
  row.place = prediction.place;
  return row;
}

}  // namespace mono::tasks
