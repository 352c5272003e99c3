#include "tasks/reader/joined_predictions.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "model/adapter.h"
#include "tasks/reader/asked_questions.h"
#include "tasks/reader/row_fields.h"
#include "tasks/row_name.h"

namespace mono::tasks {
namespace {

using Samples = std::span<const std::shared_ptr<const Sample>>;

std::string repeated(const std::string& file, const Row& first, const Row& second) {
  return place_of(second, file) + ": id '" + first.sample->id + "' was used before, at " +
         place_of(first, file);
}

/// Accounts for the predictions that no sample took, which have failed.
/// \throws model::SetupError if one has not.
void add_left_over(const std::vector<Row>& predictions,
                   const std::unordered_map<std::string, size_t>& left_over,
                   std::span<const size_t> absent, const std::string& file,
                   std::vector<Row>& rows) {
  std::vector<size_t> positions;
  for (const auto& [id, i] : left_over) {
    positions.push_back(i);
    if (predictions[i].error.empty()) {
      model::fail(file, ": ", left_over.size(), " predictions have no sample, id '", id,
                  "' for one");
    }
  }
  std::sort(positions.begin(), positions.end());
  std::vector<Row> unplaced;
  std::vector<Row> repeated;
  for (const size_t i : positions) {
    (predictions[i].sample->is_repeated ? repeated : unplaced).push_back(predictions[i]);
  }
  account_for(std::move(unplaced), absent, rows);
  for (auto& row : repeated) rows.push_back(std::move(row));
}

}  // namespace

std::string place_of(const Row& row, const std::string& file) {
  return row.place.file ? row_name(row) : file + ": " + row_name(row);
}

Row failed_prediction(const nlohmann::json& fields, const std::string& name,
                      const std::string& why) {
  Sample sample{.id = name, .fault = why};
  for (const auto* const field : {"index", "question_id", "id"}) {
    const auto* const id = find_field(fields, field);
    if (id == nullptr || !(id->is_string() || id->is_number_integer())) continue;
    sample.id = field_text(*id, field);
    break;
  }
  return {.sample = std::make_shared<const Sample>(std::move(sample)), .error = why};
}

Row row_or_failed(const nlohmann::json& fields, const std::string& name, const std::string& where,
                  const std::function<Row()>& make) {
  try {
    return make();
  } catch (const model::SetupError& cause) {
    return failed_prediction(fields, name, cause.what());
  } catch (const nlohmann::json::exception& cause) {
    return failed_prediction(fields, name, where + ": " + cause.what());
  }
}

void refuse_if_all_failed(std::span<const Row> rows) {
  const auto has_failed = [](const Row& row) { return !row.error.empty(); };
  if (!rows.empty() && std::all_of(rows.begin(), rows.end(), has_failed)) {
    model::fail(rows.front().error);
  }
}

void account_for(std::vector<Row> unplaced, std::span<const size_t> absent,
                 std::vector<Row>& rows) {
  for (size_t i = 0; i < unplaced.size(); ++i) {
    if (i < absent.size()) {
      rows[absent[i]].error += ", of which a row cannot be used: " + unplaced[i].error;
    } else {
      rows.push_back(std::move(unplaced[i]));
    }
  }
}

void set_repeated_aside(std::vector<Row>& rows, const std::string& file) {
  std::unordered_map<std::string, size_t> seen;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto& id = rows[i].sample->id;
    const auto [earlier, is_new] = seen.emplace(id, i);
    if (is_new) continue;
    rows[i].error = repeated(file, rows[earlier->second], rows[i]);
    auto sample = *rows[i].sample;
    sample.id += " (row " + std::to_string(i + 1) + ")";
    sample.is_repeated = true;
    rows[i].sample = std::make_shared<const Sample>(std::move(sample));
  }
}

std::vector<Row> joined(std::vector<Row> predictions, Samples samples, const std::string& file) {
  set_repeated_aside(predictions, file);
  std::unordered_map<std::string, size_t> by_id;
  for (size_t i = 0; i < predictions.size(); ++i) by_id.emplace(predictions[i].sample->id, i);
  std::vector<Row> rows;
  std::vector<size_t> absent;
  AskedQuestions questions;
  rows.reserve(samples.size());
  for (const auto& sample : samples) {
    auto found = by_id.find(sample->id);
    const auto* const other = sample->cell("id");
    if (found == by_id.end() && other != nullptr) found = by_id.find(cell_text(*other));
    Row row{.sample = sample, .error = sample->fault};
    if (found == by_id.end()) {
      if (row.error.empty()) absent.push_back(rows.size());
      if (row.error.empty()) row.error = "no prediction in " + file;
    } else {
      const auto& prediction = predictions[found->second];
      questions.add(prediction.sample->question, sample->question);
      row.response = prediction.response;
      row.stored_verdicts = prediction.stored_verdicts;
      row.place = prediction.place;
      if (row.error.empty()) row.error = prediction.error;
      by_id.erase(found);
    }
    rows.push_back(std::move(row));
  }
  questions.refuse_others(file);
  add_left_over(predictions, by_id, absent, file, rows);
  return rows;
}

}  // namespace mono::tasks
