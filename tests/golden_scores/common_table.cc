#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/golden_scores/score_case.h"

namespace mono::tests {

using nlohmann::json;

namespace {

// What a table says about things that are no numbers of these rows.
const std::set<std::string> kNotCompared = {"submission_columns",
                                            "cells_changed_on_rereading_sheet"};

int num_raising(const ScoreCase& test) {
  int count = 0;
  for (const auto& row : test.rows) count += row.score->how.starts_with("raises") ? 1 : 0;
  return count;
}

double sum_of_scores(const ScoreCase& test) {
  double sum = 0;
  for (const auto& row : test.rows) sum += row.score->value;
  return sum;
}

void check_line(const std::vector<tasks::Metric>& metrics, const json& line) {
  const auto split = line.value("split", "");
  size_t num_values = 0;
  for (const auto& [name, expected] : line.items()) {
    if (name == "split") continue;
    check_metric(metrics, name, split, expected);
    ++num_values;
  }
  size_t num_metrics = 0;
  for (const auto& metric : metrics) num_metrics += metric.split == split ? 1 : 0;
  EXPECT_EQ(num_values, num_metrics) << "numbers of split '" << split << "'";
}

}  // namespace

void check_metric(const std::vector<tasks::Metric>& metrics, const std::string& name,
                  const std::string& split, const json& expected) {
  for (const auto& metric : metrics) {
    if (metric.name != name || metric.split != split) continue;
    if (expected.is_null()) {
      EXPECT_TRUE(std::isnan(metric.value)) << split << " " << name << ": got " << metric.value;
    } else {
      EXPECT_EQ(expected.get<double>(), metric.value) << split << " " << name;
    }
    return;
  }
  ADD_FAILURE() << "no metric '" << name << "' for split '" << split << "'";
}

void check_common_table(const ScoreCase& test, const json& table) {
  const auto metrics = test.task.metrics(test.rows, test.profile);
  for (const auto& [key, expected] : table.items()) {
    if (kNotCompared.contains(key)) {
      std::printf("not compared: %s\n", key.c_str());
    } else if (key == "n_rows") {
      EXPECT_EQ(expected.get<size_t>(), test.rows.size());
    } else if (key == "raising") {
      EXPECT_EQ(expected.get<int>(), num_raising(test));
    } else if (key == "sum_of_scores") {
      EXPECT_EQ(expected.get<double>(), sum_of_scores(test));
    } else if (expected.is_array()) {
      for (const auto& line : expected) check_line(metrics, line);
    } else if (expected.is_object()) {
      check_line(metrics, expected);
    } else {
      check_metric(metrics, key, "", expected);
    }
  }
}

}  // namespace mono::tests
