#include <algorithm>
#include <set>
#include <unordered_map>

#include "model/adapter.h"
#include "tasks/reader/asked_questions.h"
#include "tasks/reader/joined_predictions.h"
#include "tasks/reader/placed_prediction.h"
#include "tasks/reader/row_fields.h"

namespace mono::tasks {
namespace {

using Samples = std::span<const std::shared_ptr<const Sample>>;

std::vector<std::shared_ptr<const Sample>> of_split(Samples samples, const std::string& split) {
  std::vector<std::shared_ptr<const Sample>> result;
  for (const auto& sample : samples) {
    if (sample->split == split) result.push_back(sample);
  }
  return result;
}

/// Whether most predictions ask the questions of the samples beside them.
bool mostly_ask(std::span<const Prediction> predictions, Samples samples) {
  AskedQuestions questions;
  for (size_t i = 0; i < predictions.size(); ++i) {
    const auto& prediction = predictions[i];
    questions.add(is_usable(prediction) ? prediction.question : "", samples[i]->question);
  }
  return questions.mostly_match();
}

/// The samples, or those of one split, that so many predictions are for in order.
/// \returns nothing where there are none whose questions most of them ask.
std::optional<std::vector<std::shared_ptr<const Sample>>> samples_in_order(
    std::span<const Prediction> predictions, Samples samples) {
  std::vector<std::vector<std::shared_ptr<const Sample>>> candidates = {
      {samples.begin(), samples.end()}};
  std::set<std::string> splits;
  for (const auto& sample : samples) splits.insert(sample->split);
  for (const auto& split : splits) candidates.push_back(of_split(samples, split));
  for (auto& candidate : candidates) {
    const bool fits = candidate.size() == predictions.size();
    if (fits && mostly_ask(predictions, candidate)) return std::move(candidate);
  }
  return std::nullopt;
}

/// Lines that cannot be used have a place in the order, unless there are as many others as samples:
/// then they are noise.
std::vector<Row> in_order(std::span<const Prediction> predictions, Samples samples,
                          const std::string& file) {
  std::span<const Prediction> kept = predictions;
  std::vector<Prediction> usable;
  std::vector<Row> noise;
  auto beside = samples_in_order(kept, samples);
  if (!beside) {
    for (const auto& prediction : predictions) {
      if (is_usable(prediction)) {
        usable.push_back(prediction);
      } else {
        noise.push_back(unplaced_row(prediction, prediction.place.text()));
      }
    }
    kept = usable;
    beside = samples_in_order(kept, samples);
  }
  if (!beside) {
    model::fail(file, ": expected a prediction for each of ", samples.size(),
                " samples, or of one split, in order; got ", predictions.size(),
                ", or the questions are others");
  }
  std::vector<Row> rows;
  rows.reserve(predictions.size());
  for (size_t i = 0; i < kept.size(); ++i) rows.push_back(row_of((*beside)[i], kept[i]));
  for (auto& row : noise) rows.push_back(std::move(row));
  return rows;
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

std::string name_of(const Prediction& prediction) {
  return prediction.id.empty() ? std::to_string(prediction.position.value_or(-1))
                               : "'" + prediction.id + "'";
}

/// A row of its own for a prediction whose sample has one already.
Row repeated_row(const Prediction& prediction, const Prediction& first, const Sample& sample) {
  auto repeated = sample;
  repeated.id += " (row " + std::to_string(prediction.place.number) + ")";
  repeated.is_repeated = true;
  return {.sample = std::make_shared<const Sample>(std::move(repeated)),
          .error = prediction.place.text() + ": id " + name_of(prediction) +
                   " was used before, at " + first.place.text(),
          .place = prediction.place};
}

/// Puts predictions beside their samples.
class SampleJoin {
 public:
  explicit SampleJoin(Samples samples)
      : samples_(samples), finder_(samples), of_sample_(samples.size()) {}

  void add(const Prediction& prediction) {
    const auto found = finder_.find(prediction);
    const bool has_place = found && of_sample_[*found] == nullptr;
    if (!has_place && !is_usable(prediction)) {
      unplaced_.push_back(unplaced_row(prediction, prediction.place.text()));
    } else if (!found) {
      model::fail(prediction.place.text(), ": no sample has the id ", name_of(prediction));
    } else if (!has_place) {
      repeated_.push_back(repeated_row(prediction, *of_sample_[*found], *samples_[*found]));
    } else {
      of_sample_[*found] = &prediction;
      if (is_usable(prediction)) questions_.add(prediction.question, samples_[*found]->question);
    }
  }

  std::vector<Row> rows(const std::string& file) && {
    questions_.refuse_others(file);
    std::vector<Row> rows;
    std::vector<size_t> absent;
    for (size_t i = 0; i < samples_.size(); ++i) {
      const bool is_there = of_sample_[i] != nullptr;
      rows.push_back(is_there ? row_of(samples_[i], *of_sample_[i])
                              : Row{.sample = samples_[i], .error = samples_[i]->fault});
      if (is_there || !rows.back().error.empty()) continue;
      rows.back().error = "no prediction in " + file;
      absent.push_back(i);
    }
    account_for(std::move(unplaced_), absent, rows);
    for (auto& row : repeated_) rows.push_back(std::move(row));
    return rows;
  }

 private:
  Samples samples_;
  SampleFinder finder_;
  std::vector<const Prediction*> of_sample_;
  std::vector<Row> repeated_{};
  std::vector<Row> unplaced_{};
  AskedQuestions questions_{};
};

std::vector<Row> found_one_by_one(std::span<const Prediction> predictions, Samples samples,
                                  const std::string& file) {
  SampleJoin join(samples);
  for (const auto& prediction : predictions) join.add(prediction);
  return std::move(join).rows(file);
}

}  // namespace

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
