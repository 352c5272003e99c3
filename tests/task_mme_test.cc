#include <gtest/gtest.h>

#include <cmath>

#include "tasks/metric/mme_answer.h"
#include "tasks/registry.h"
#include "tests/expect_error.h"
#include "tests/judge_cases.h"

namespace mono::tasks {
namespace {

using tests::row_of;
using tests::value_of;

TEST(MmeAnswerTest, CleansAsTheScriptDoes) {
  EXPECT_EQ(clean_mme_answer("不是\n的。"), "no。");
  EXPECT_EQ(clean_mme_answer("TRUE 否"), "yes no");
  EXPECT_EQ(clean_mme_answer("\xE9\xBE\xA6"), "\xE9\xBE\xA6");  // U+9FA6, one behind the last
  EXPECT_EQ(read_mme_answer("été no"), "other");                // characters, not bytes
  EXPECT_EQ(read_mme_answer("Ünoo"), "no");
}

TEST(MmeAnswerTest, DropsAnAnswerWithATab) {
  const auto score = score_mme_answer("yes\tno", "Yes");
  EXPECT_FALSE(score.is_counted);
  EXPECT_EQ(score.state, ScoreState::kUnparsed);
  EXPECT_EQ(score_mme_answer("Yes", "Yes").value, 1);
  EXPECT_EQ(score_mme_answer("Yes", "No").value, 0);
}

/// A set with every task of MME, so that there are totals: two pictures with one question each way.
std::vector<Row> all_tasks(const std::string& task, const std::vector<std::string>& responses) {
  std::vector<Row> rows;
  const auto add = [&](const std::string& category, const std::string& response) {
    const auto number = rows.size();
    rows.push_back(row_of(std::to_string(number),
                          {{"question", "q"},
                           {"answer", number % 2 == 0 ? "Yes" : "No"},
                           {"category", category},
                           {"image_path", std::to_string(number / 2) + ".png"}},
                          response));
  };
  for (const auto* const name : {"existence", "count", "position", "color", "posters", "celebrity",
                                 "scene", "landmark", "artwork", "OCR", "commonsense_reasoning",
                                 "numerical_calculation", "text_translation", "code_reasoning"}) {
    for (size_t i = 0; i < 4; ++i) {
      const std::string right = i % 2 == 0 ? "Yes" : "No";
      add(name, name == task && i < responses.size() ? responses[i] : right);
    }
  }
  return rows;
}

TEST(MmeTest, AddsAnswersAndPicturesOfEachTask) {
  const auto& task = task_named("MME");
  for (const auto* const name : {"ivl", "vek", "vek-2024"}) {
    const auto& profile = task.profile(name);
    auto rows = all_tasks("", {});
    score_rows(task, profile, rows);
    EXPECT_EQ(value_of(task.metrics(rows, profile), "sum"), 2800) << name;
    rows = all_tasks("color", {"Yes", "Yes"});
    score_rows(task, profile, rows);
    const auto metrics = task.metrics(rows, profile);
    EXPECT_EQ(value_of(metrics, "color"), 75 + 50) << name;
    EXPECT_EQ(metrics.front().value, 2725) << name;
  }
}

TEST(MmeTest, ADroppedAnswerLeavesThePictureAlone) {
  const auto& task = task_named("mme");
  const auto& profile = task.profile("ivl");
  auto rows = all_tasks("count", {"Yes\t"});
  score_rows(task, profile, rows);
  EXPECT_EQ(value_of(task.metrics(rows, profile), "count"), 100 + 50);
  const auto bounds = main_metric_bounds(task, profile, rows);
  ASSERT_TRUE(bounds);
  EXPECT_EQ(bounds->low, 2600 + 75 + 50);
  EXPECT_EQ(bounds->high, 2800);
}

TEST(MmeTest, APairWithAFailedRowIsNotJudged) {
  const auto& task = task_named("mme");
  const auto& profile = task.profile("vek");
  auto rows = all_tasks("count", {"No"});
  rows[4].error = "no picture";
  score_rows(task, profile, rows);
  EXPECT_EQ(value_of(task.metrics(rows, profile), "count"), 200);
  const auto bounds = main_metric_bounds(task, profile, rows);
  ASSERT_TRUE(bounds);
  EXPECT_EQ(bounds->low, 2600 + 75 + 50);
  EXPECT_EQ(bounds->high, 2800);
}

TEST(MmeTest, WithoutATaskThereIsNoTotal) {
  const auto& task = task_named("mme");
  const auto& profile = task.profile("ivl");
  auto rows = all_tasks("", {});
  rows.resize(rows.size() - 4);
  score_rows(task, profile, rows);
  const auto metrics = task.metrics(rows, profile);
  EXPECT_EQ(value_of(metrics, "Perception"), 2000);
  EXPECT_TRUE(std::isnan(value_of(metrics, "Cognition")));
  EXPECT_TRUE(std::isnan(metrics.front().value));
}

TEST(MmeTest, NamesARowWithoutPicture) {
  const auto& task = task_named("mme");
  std::vector<Row> rows = {row_of("7", {{"answer", "Yes"}, {"category", "OCR"}}, "yes")};
  score_rows(task, task.profile("vek"), rows);
  tests::expect_error([&] { task.metrics(rows, task.profile("vek")); }, {"sample 7", "image_path"});
}

}  // namespace
}  // namespace mono::tasks
