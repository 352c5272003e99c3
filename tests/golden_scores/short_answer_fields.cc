#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tasks/metric/anls.h"
#include "tasks/metric/relaxed_accuracy.h"
#include "tests/golden_scores/families.h"

namespace mono::tests {
namespace {

using nlohmann::json;

/// A list with one value for each accepted answer, VLMEvalKit's name for the step.
FieldCheck of_each_reference(const std::string& field,
                             json (*value)(const std::string& reference, std::string_view answer,
                                           const tasks::Profile& profile)) {
  return [=](const ScoreCase& test, ScoredColumns& columns, size_t row, const json& expected) {
    json actual = json::array();
    for (const auto& reference : tasks::accepted_answers(columns.answers.text(row))) {
      actual.push_back(value(reference, columns.predictions.text(row), test.profile));
    }
    return difference(test, row, field, expected, actual);
  };
}

std::string check_prediction(const ScoreCase& test, ScoredColumns&, size_t row,
                             const json& expected) {
  return difference(test, row, "prediction", expected, test.rows[row].score->answer);
}

void check_gqa_table(const ScoreCase& test, const json& table) {
  auto numbers = table;
  numbers.erase("equality_not_from_upstream_code");
  check_common_table(test, numbers);
}

void check_anls_table(const ScoreCase& test, const json& table) {
  auto numbers = table;
  if (numbers.contains("printed")) {
    const auto metric = test.task.metrics(test.rows, test.profile).front();
    EXPECT_EQ(table["printed"], fmt::format("Overall ANLS: {:.4f}", metric.value));
    numbers.erase("printed");
  }
  check_common_table(test, numbers);
}

/// InternVL's halves are two lines of output each.
void check_chartqa_table(const ScoreCase& test, const json& table) {
  if (!table.at("score").is_object()) return check_common_table(test, table);
  const auto metrics = test.task.metrics(test.rows, test.profile);
  for (const auto& [name, value] : table["score"].items()) {
    if (!value.is_object()) {
      check_metric(metrics, name, "", value);
      continue;
    }
    const auto half = name.substr(std::string("chartqa_test_").size());
    check_metric(metrics, half, "", value.at("relaxed_accuracy"));
    check_metric(metrics, "exact_match", half, value.at("exact_match"));
    for (const auto& metric : metrics) {
      if (metric.name != half) continue;
      EXPECT_EQ(metric.count, value.at("n").get<int>());
    }
  }
  EXPECT_EQ(table.at("n_rows").get<size_t>(), test.rows.size());
}

}  // namespace

ScoreFamily gqa_family() {
  return {.fields = {{"prediction", check_prediction}}, .table = check_gqa_table};
}

ScoreFamily anls_family() {
  return {.fields = {{"distance",
                      of_each_reference("distance",
                                        [](const std::string& reference, std::string_view answer,
                                           const tasks::Profile&) -> json {
                                          return tasks::anls_distance(reference, answer);
                                        })}},
          .table = check_anls_table};
}

ScoreFamily chartqa_family() {
  return {.fields = {{"match",
                      of_each_reference("match",
                                        [](const std::string& reference, std::string_view answer,
                                           const tasks::Profile& profile) -> json {
                                          return tasks::is_relaxed_match(reference, answer,
                                                                         profile.relaxed);
                                        })}},
          .table = check_chartqa_table};
}

}  // namespace mono::tests
