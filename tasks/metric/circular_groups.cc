#include "tasks/metric/circular_groups.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>

#include "tasks/metric/circular.h"

namespace mono::tasks {
namespace {

struct Question {
  size_t num_rows = 0;
  std::optional<size_t> first_row{};
};

using Questions = std::unordered_map<int64_t, Question>;

bool has_index(const Row& row) {
  return circular_fault(*row.sample).empty();
}

Questions questions_of(std::span<const Row> rows) {
  Questions questions;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!has_index(rows[i])) continue;
    auto& question = questions[group_of(*rows[i].sample)];
    ++question.num_rows;
    if (is_base_row(*rows[i].sample)) question.first_row = i;
  }
  return questions;
}

/// The options that VLMEvalKit shows: not those that pandas takes for missing.
size_t num_options_shown(const Sample& sample) {
  const auto is_shown = [](const Choice& choice) { return !is_missing_text(choice.text); };
  return static_cast<size_t>(std::count_if(sample.choices.begin(), sample.choices.end(), is_shown));
}

std::string fault_of_question(const Row& row, const Question& question) {
  const auto num_options = num_options_shown(*row.sample);
  if (question.num_rows >= num_options) return "";
  return "a rotation of the question is missing: expected " + std::to_string(num_options) +
         " rows, one for each option, got " + std::to_string(question.num_rows);
}

std::string fault_of_rotation(const Row& row) {
  return "expected the first row of its question, index '" + std::to_string(group_of(*row.sample)) +
         "', got rotations alone";
}

}  // namespace

std::vector<RowFault> missing_rotations(std::span<const Row> rows) {
  const auto questions = questions_of(rows);
  const auto num_lost = std::count_if(rows.begin(), rows.end(), std::not_fn(has_index));
  const auto num_headless =
      std::count_if(questions.begin(), questions.end(),
                    [](const auto& entry) { return !entry.second.first_row; });
  std::vector<RowFault> faults;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!has_index(rows[i])) continue;
    const auto& question = questions.at(group_of(*rows[i].sample));
    std::string why;
    if (question.first_row == i) why = fault_of_question(rows[i], question);
    if (!question.first_row && num_headless > num_lost) why = fault_of_rotation(rows[i]);
    if (!why.empty()) faults.push_back({i, std::move(why)});
  }
  return faults;
}

}  // namespace mono::tasks
