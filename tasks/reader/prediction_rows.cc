#include "tasks/reader/prediction_rows.h"

#include <algorithm>

#include "model/adapter.h"
#include "tasks/reader/layout_rows.h"
#include "tasks/reader/placed_prediction.h"

namespace mono::tasks {
namespace {

/// The layout that reads what `fields` hold: our own columns, or the benchmark's names.
Layout layout_for(const Prediction& prediction, const Task& task) {
  if (!prediction.fields.contains("index")) return layout_of(task.name());
  auto layout = layout_of("");
  layout.columns.front() = {.column = "index", .fields = {"index"}};  // and not `question_id`
  return layout;
}

}  // namespace

std::vector<Row> rows_with_own_samples(std::vector<Prediction> predictions, const Task& task,
                                       const Profile& profile, const std::string& file) {
  const auto usable = std::find_if(predictions.begin(), predictions.end(), is_usable);
  auto layout = layout_for(usable == predictions.end() ? predictions.front() : *usable, task);
  layout.sorted_by = {};
  layout.skipped_unless = {};
  LayoutRows fields(layout, /*keeps_rest=*/true);
  for (const auto& prediction : predictions) {
    if (!is_usable(prediction)) continue;
    if (!prediction.fields.is_object()) {
      model::fail(file, ": holds responses alone; give the data of ", task.name(), " too (--data)");
    }
    fields.add(prediction.fields, {.place = prediction.place});
  }
  std::vector<std::vector<ImageSource>> pictures;
  const auto& own = layout_of(task.name());
  auto rules = read_rules(layout, profile);
  rules.checks_letters = own.answers_are_letters;
  rules.is_read_back = true;
  rules.num_options = own.num_options;
  rules.needs_question = false;
  auto samples = std::move(fields).table(rules, pictures).samples();
  std::vector<Row> rows;
  auto next = samples.begin();
  for (const auto& prediction : predictions) {
    if (!is_usable(prediction)) {
      const bool has_id = !prediction.id.empty();
      rows.push_back(unplaced_row(prediction, has_id ? prediction.id : prediction.place.text()));
      continue;
    }
    rows.push_back(row_of(std::make_shared<const Sample>(std::move(*next++)), prediction));
  }
  return rows;
}

}  // namespace mono::tasks
