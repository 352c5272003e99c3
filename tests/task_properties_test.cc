// What must hold of every benchmark's scores in every profile, whatever the data and the answers:
// bounds, and what may not matter. Rows are those of tests/data/readers, several times over.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <set>

#include "tasks/pipeline/profiles.h"
#include "tests/property_rows.h"

namespace mono::tests {
namespace {

using tasks::Profile;
using tasks::Row;
using tasks::Task;

/// Where a rule of the pipeline itself contradicts a property that is usual.
bool is_exempt(const std::set<std::string>& names, const Task& task, const Profile& profile) {
  return names.contains(std::string(task.name())) ||
         names.contains(std::string(task.name()) + "." + profile.name);
}

/// \returns nothing where no number may be given, since a judge would have to be asked.
std::optional<double> main_value(const Task& task, const Profile& profile,
                                 const std::vector<Row>& rows) {
  const auto counts = tasks::tally(rows);
  if (tasks::count_scored(rows) == 0) return std::nullopt;
  for (const auto& metric : task.metrics(rows, profile)) {
    if (metric.name != task.main_metric(profile)) continue;
    if (std::isnan(metric.value) && counts.unscored > 0) return std::nullopt;
    return metric.value;
  }
  ADD_FAILURE() << "no metric " << task.main_metric(profile);
  return 0;
}

/// The most the main metric can be.
double greatest_main_value(const Task& task, const Profile& profile) {
  if (task.name() == "mme") return 2000 + 800;  // ten perception tasks and four of cognition
  if (task.name() == "ocrbench") return 1000;
  const bool is_caption = task.main_metric(profile) == "CIDEr";
  if (is_caption) return profile.caption.is_percent ? 1000 : 10;
  return 100 / task.table_scale(profile).value_or(100);
}

std::string verdict(const Row& row) {
  if (!row.score) return "none: " + row.error;
  const auto& score = *row.score;
  return std::to_string(score.value) + " '" + score.answer + "' by " + score.how + ", state " +
         std::to_string(static_cast<int>(score.state)) + (score.is_counted ? "" : ", not counted");
}

std::map<std::string, std::string> verdicts(const std::vector<Row>& rows) {
  std::map<std::string, std::string> by_id;
  for (const auto& row : rows) by_id[row.sample->id] = verdict(row);
  return by_id;
}

class TaskPropertiesTest : public testing::TestWithParam<const Task*> {
 protected:
  /// Runs a check on scored rows of each profile, with each of a few sets of answers.
  template <typename Check>
  void for_each_profile(const Check& check) {
    const auto& task = *GetParam();
    for (const auto& profile : task.profiles()) {
      SCOPED_TRACE(std::string(task.name()) + "." + profile.name);
      const auto samples = property_samples(task, profile);
      for (const unsigned seed : {1, 2, 3}) {
        auto rows = answered_rows(samples, seed);
        tasks::score_rows(task, profile, rows);
        check(task, profile, rows);
        if (HasFailure()) return;
      }
    }
  }
};

TEST_P(TaskPropertiesTest, KeepsVerdictsAndMetricsInBounds) {
  for_each_profile([](const Task& task, const Profile& profile, const std::vector<Row>& rows) {
    for (const auto& row : rows) {
      if (!row.score) continue;
      EXPECT_GE(row.score->value, 0) << row.response;
      EXPECT_LE(row.score->value, row.score->best_value) << row.response;
    }
    const double greatest = greatest_main_value(task, profile) * (1 + 1e-12);
    const auto value = main_value(task, profile, rows);
    const auto bounds = tasks::main_metric_bounds(task, profile, rows);
    ASSERT_TRUE(value || bounds);
    EXPECT_TRUE(!value || (*value >= 0 && *value <= greatest)) << *value;
    if (!bounds) return;
    EXPECT_TRUE(bounds->low >= 0 && bounds->low <= bounds->high && bounds->high <= greatest)
        << bounds->low << " to " << bounds->high;
  });
}

TEST_P(TaskPropertiesTest, JudgesARowTheSameWhereverItStands) {
  // Guesses are drawn one row after the other; MME's own tool pairs neighbouring lines.
  const std::set<std::string> exempt = {"mmmu.official", "mmmu.official-parser",
                                        "mmmu_dev.official", "mmmu_dev.official-parser", "mme.ivl"};
  for_each_profile([&](const Task& task, const Profile& profile, const std::vector<Row>& rows) {
    if (is_exempt(exempt, task, profile)) return;
    auto shuffled = rows;
    std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937(5));
    for (auto& row : shuffled) row.score.reset();
    tasks::score_rows(task, profile, shuffled);
    EXPECT_EQ(verdicts(shuffled), verdicts(rows));
    const auto value = main_value(task, profile, rows);
    const auto other = main_value(task, profile, shuffled);
    ASSERT_EQ(other.has_value(), value.has_value());
    if (!value) return;
    EXPECT_NEAR(*other, *value, 1e-12 * std::max(1.0, *value));
  });
}

TEST_P(TaskPropertiesTest, TakesAcceptedAnswersInAnyOrder) {
  for_each_profile([](const Task& task, const Profile& profile, const std::vector<Row>& rows) {
    auto reversed = rows;
    for (auto& row : reversed) row = with_answers_reversed(row);
    tasks::score_rows(task, profile, reversed);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].score) continue;
      EXPECT_NEAR(reversed[i].score->value, rows[i].score->value, 1e-12) << rows[i].response;
    }
  });
}

TEST_P(TaskPropertiesTest, ScoresAgainAsBefore) {
  for_each_profile([](const Task& task, const Profile& profile, const std::vector<Row>& rows) {
    auto again = rows;
    tasks::score_rows(task, profile, again);
    EXPECT_EQ(verdicts(again), verdicts(rows));
  });
}

TEST_P(TaskPropertiesTest, NeverLosesByARightAnswer) {
  // A group with an answer that InternVL's script stops at is left out, right rows and all.
  const std::set<std::string> exempt = {"mmbench_en.ivl-then-vek", "mmbench_en_dev.ivl-then-vek",
                                        "ccbench.ivl-then-vek"};
  for_each_profile([&](const Task& task, const Profile& profile, const std::vector<Row>& rows) {
    // CIDEr weighs words by how many pictures' references hold them, not by right and wrong.
    if (task.main_metric(profile) == "CIDEr" || is_exempt(exempt, task, profile)) return;
    auto before = main_value(task, profile, rows);
    auto better = rows;
    for (auto& row : better) {
      const auto right = right_answer(*row.sample);
      if (!right) continue;
      row.response = *right;
      tasks::score_rows(task, profile, better);
      const auto after = main_value(task, profile, better);
      if (before && after) {
        EXPECT_GE(*after, *before - 1e-9) << row.sample->id << ": " << row.response;
      }
      before = after;
    }
  });
}

TEST_P(TaskPropertiesTest, SaysOfEachProfileWhatItIs) {
  const std::set<std::string> general = {tasks::internvl_profile(1).what,
                                         tasks::vlmevalkit_profile().what,
                                         tasks::vlmevalkit_2024_profile().what};
  std::set<std::string> seen;
  for (const auto& profile : GetParam()->profiles()) {
    SCOPED_TRACE(std::string(GetParam()->name()) + "." + profile.name);
    EXPECT_FALSE(general.contains(profile.what)) << "says nothing about this benchmark";
    EXPECT_TRUE(profile.what.ends_with('.')) << profile.what;
    EXPECT_TRUE(seen.insert(profile.what).second) << "the same as another profile's";
  }
}

INSTANTIATE_TEST_SUITE_P(, TaskPropertiesTest, testing::ValuesIn(tasks::all_tasks()),
                         [](const auto& test) { return std::string(test.param->name()); });

}  // namespace
}  // namespace mono::tests
