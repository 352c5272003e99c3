#include "tasks/reader/prediction_rows.h"

#include <algorithm>
#include <set>
#include <unordered_map>

#include "model/adapter.h"
#include "tasks/reader/joined_predictions.h"
#include "tasks/reader/layout_rows.h"
#include "tasks/reader/row_fields.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

using nlohmann::json;
using Samples = std::span<const std::shared_ptr<const Sample>>;

/// Letters and digits in lower case, without the marks of pictures: what harnesses leave of a
/// question when they build their prompts.
std::string bare_text(std::string_view text) {
  std::string bare;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("<image")) {
      const size_t end = text.find('>', i);
      if (end != std::string_view::npos) i = end;
      continue;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    const bool is_kept =
        c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_kept) bare.push_back(static_cast<char>(c));
  }
  return lower(bare);
}

bool asks(const Prediction& prediction, const Sample& sample) {
  if (!prediction.fault.empty()) return true;
  if (prediction.question.empty() || sample.question.empty()) return true;
  return bare_text(prediction.question).find(bare_text(sample.question)) != std::string::npos;
}

/// Whether most predictions ask the questions of the samples beside them.
bool mostly_ask(std::span<const Prediction> predictions, Samples samples) {
  size_t num_matching = 0;
  for (size_t i = 0; i < predictions.size(); ++i) {
    if (asks(predictions[i], *samples[i])) ++num_matching;
  }
  return 2 * num_matching > predictions.size();
}

std::vector<std::shared_ptr<const Sample>> of_split(Samples samples, const std::string& split) {
  std::vector<std::shared_ptr<const Sample>> result;
  for (const auto& sample : samples) {
    if (sample->split == split) result.push_back(sample);
  }
  return result;
}

bool is_usable(const Prediction& prediction) {
  return prediction.fault.empty();
}

std::string error_of(const Prediction& prediction) {
  return prediction.fault.empty() ? "" : prediction.place.text() + ": " + prediction.fault;
}

Row row_of(const std::shared_ptr<const Sample>& sample, const Prediction& prediction) {
  return {.sample = sample,
          .response = prediction.response,
          .error = sample->fault.empty() ? error_of(prediction) : sample->fault,
          .place = prediction.place};
}

/// A prediction that has failed and belongs to no sample, in its category where that is known.
Row unplaced_row(const Prediction& prediction, const std::string& name) {
  auto row = failed_prediction(json::object(), name, error_of(prediction));
  if (prediction.fields.contains("category")) {
    auto sample = *row.sample;
    sample.category = field_text(prediction.fields["category"], "category");
    row.sample = std::make_shared<const Sample>(std::move(sample));
  }
  row.place = prediction.place;
  return row;
}

std::vector<Row> in_order(std::span<const Prediction> predictions, Samples samples,
                          const std::string& file) {
  std::vector<std::vector<std::shared_ptr<const Sample>>> candidates = {
      {samples.begin(), samples.end()}};
  std::set<std::string> splits;
  for (const auto& sample : samples) splits.insert(sample->split);
  for (const auto& split : splits) candidates.push_back(of_split(samples, split));
  for (const auto& candidate : candidates) {
    if (candidate.size() != predictions.size() || !mostly_ask(predictions, candidate)) continue;
    std::vector<Row> rows;
    rows.reserve(candidate.size());
    for (size_t i = 0; i < candidate.size(); ++i) {
      rows.push_back(row_of(candidate[i], predictions[i]));
    }
    return rows;
  }
  model::fail(file, ": expected a prediction for each of ", samples.size(),
              " samples, or of one split, in order; got ", predictions.size(),
              ", or the questions are others");
}

/// The samples that predictions are for, by id or position; null where there is none.
class SampleFinder {
 public:
  explicit SampleFinder(Samples samples) : samples_(samples) {
    for (size_t i = 0; i < samples.size(); ++i) {
      by_id_.emplace(samples[i]->id, i);
      const auto* const other = samples[i]->cell("id");
      if (other != nullptr && !is_missing(*other)) by_other_id_.emplace(cell_text(*other), i);
    }
  }

  std::optional<size_t> find(const Prediction& prediction) const {
    if (prediction.id.empty()) {
      const auto position = static_cast<uint64_t>(prediction.position.value_or(-1));
      return position < samples_.size() ? std::optional<size_t>(position) : std::nullopt;
    }
    for (const auto* const ids : {&by_id_, &by_other_id_}) {
      const auto found = ids->find(prediction.id);
      if (found != ids->end()) return found->second;
    }
    return std::nullopt;
  }

 private:
  Samples samples_;
  std::unordered_map<std::string, size_t> by_id_{};
  std::unordered_map<std::string, size_t> by_other_id_{};
};

std::vector<Row> found_one_by_one(std::span<const Prediction> predictions, Samples samples,
                                  const std::string& file) {
  const SampleFinder finder(samples);
  std::vector<const Prediction*> of_sample(samples.size());
  std::vector<std::string> repeated(samples.size());
  std::vector<Row> unplaced;
  std::vector<Prediction> positioned;
  std::vector<std::shared_ptr<const Sample>> beside;
  for (const auto& prediction : predictions) {
    const auto found = finder.find(prediction);
    const bool has_place = found && of_sample[*found] == nullptr;
    if (!prediction.fault.empty() && !has_place) {
      unplaced.push_back(unplaced_row(prediction, prediction.place.text()));
      continue;
    }
    const auto name = prediction.id.empty() ? std::to_string(prediction.position.value_or(-1))
                                            : "'" + prediction.id + "'";
    if (!found) model::fail(prediction.place.text(), ": no sample has the id ", name);
    if (of_sample[*found] != nullptr) {
      repeated[*found] = prediction.place.text() + ": id " + name + " was used before, at " +
                         of_sample[*found]->place.text();
      continue;
    }
    of_sample[*found] = &prediction;
    if (prediction.id.empty()) {
      positioned.push_back(prediction);
      beside.push_back(samples[*found]);
    }
  }
  if (!positioned.empty() && !mostly_ask(positioned, beside)) {
    model::fail(file, ": most predictions ask other questions than the samples in their place");
  }
  std::vector<Row> rows;
  std::vector<size_t> absent;
  for (size_t i = 0; i < samples.size(); ++i) {
    const bool is_there = of_sample[i] != nullptr;
    rows.push_back(is_there ? row_of(samples[i], *of_sample[i])
                            : Row{.sample = samples[i], .error = samples[i]->fault});
    if (rows.back().error.empty()) rows.back().error = repeated[i];
    if (is_there || !rows.back().error.empty()) continue;
    rows.back().error = "no prediction in " + file;
    absent.push_back(i);
  }
  account_for(std::move(unplaced), absent, rows);
  return rows;
}

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
      model::fail(file, ": holds responses alone; the data of ", task.name(), " is needed too");
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

std::vector<Row> rows_of_samples(std::span<const Prediction> predictions, Samples samples,
                                 const std::string& file) {
  const bool has_places =
      std::all_of(predictions.begin(), predictions.end(), [](const Prediction& prediction) {
        return !is_usable(prediction) || !prediction.id.empty() || prediction.position.has_value();
      });
  return has_places ? found_one_by_one(predictions, samples, file)
                    : in_order(predictions, samples, file);
}

}  // namespace mono::tasks
