#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tasks/text/python_number.h"
#include "tests/golden_scores/choice_rows.h"

namespace mono::tests {
namespace {

using nlohmann::json;

double metric_value(const ScoreCase& test, const std::string& name) {
  for (const auto& metric : test.task.metrics(test.rows, test.profile)) {
    if (metric.name == name) return metric.value;
  }
  ADD_FAILURE() << "no metric '" << name << "'";
  return std::nan("");
}

template <typename Wanted>
size_t count_rows(const ScoreCase& test, const Wanted& wanted) {
  size_t count = 0;
  for (const auto& row : test.rows) count += wanted(*row.score) ? 1 : 0;
  return count;
}

size_t num_scored(const ScoreCase& test) {
  return count_rows(test, [](const tasks::Score& score) { return score.is_counted; });
}

/// A line InternVL's scripts print, "Data type Scene Understanding: 28.10%", with our numbers.
std::string printed_line(const ScoreCase& test, const std::string& line) {
  const size_t colon = line.rfind(": ");
  if (colon == std::string::npos) return line;
  const auto label = line.substr(0, colon);
  if (label == "length") return fmt::format("length: {}", num_scored(test));
  if (label == "Acc@1") return "Acc@1: " + tasks::float_repr(metric_value(test, "accuracy"));
  constexpr std::string_view kKind = "Data type ";
  const auto name = label.starts_with(kKind) ? label.substr(kKind.size()) : label;
  return fmt::format("{}: {:.2f}%", label, metric_value(test, name));
}

void check_printed(const ScoreCase& test, const json& lines) {
  for (const auto& line : lines.is_array() ? lines : json::array({lines})) {
    const auto text = line.get<std::string>();
    EXPECT_EQ(printed_line(test, text), text);
  }
}

/// MMMU's table: a number of rows and a share each; a share of no rows is 0 there.
void check_subjects(const ScoreCase& test, const json& table) {
  const auto metrics = test.task.metrics(test.rows, test.profile);
  for (const auto& [name, expected] : table.items()) {
    const auto is_it = [&, key = name](const tasks::Metric& metric) { return metric.name == key; };
    const auto metric = std::find_if(metrics.begin(), metrics.end(), is_it);
    ASSERT_NE(metric, metrics.end()) << name;
    EXPECT_EQ(metric->count, expected.at("num").get<int>()) << name;
    if (metric->count == 0) continue;
    EXPECT_EQ(metric->value, expected.at("acc").get<double>()) << name;
  }
}

size_t num_judge_calls(const ScoreCase& test) {
  size_t count = 0;
  for (const auto& row : test.rows) count += row.score->asked.size();
  return count;
}

/// \returns whether this number is one of the family's own.
bool check_own(const ScoreCase& test, const std::string& key, const json& expected) {
  const auto is_right = [](const tasks::Score& score) {
    return score.is_counted && score.value == 1;
  };
  const auto is_guessed = [](const tasks::Score& score) {
    return score.state == tasks::ScoreState::kGuessed;
  };
  if (key == "printed" || key == "acc_at_1") {
    check_printed(test, expected);
  } else if (key == "table") {
    check_subjects(test, expected);
  } else if (key == "n_scored") {
    EXPECT_EQ(num_scored(test), expected.get<size_t>());
  } else if (key == "correct") {
    EXPECT_EQ(count_rows(test, is_right), expected.get<size_t>());
  } else if (key == "random_rows") {
    EXPECT_EQ(count_rows(test, is_guessed), expected.get<size_t>());
  } else if (key == "judge_calls") {
    EXPECT_EQ(num_judge_calls(test), expected.get<size_t>());
  } else if (key == "groups_left_out") {
    EXPECT_EQ(metric_value(whole_case(test), key), expected.get<double>());
  } else {
    return false;
  }
  return true;
}

}  // namespace

void check_choice_table(const ScoreCase& test, const json& table) {
  auto common = json::object();
  for (const auto& [key, expected] : table.items()) {
    if (!check_own(test, key, expected)) common[key] = expected;
  }
  check_common_table(test, common);
}

}  // namespace mono::tests
