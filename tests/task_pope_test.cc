#include <gtest/gtest.h>

#include <cmath>

#include "tasks/registry.h"

namespace mono::tasks {
namespace {

Row row_of(const std::string& label, const std::string& response,
           const std::string& category = "popular") {
  auto sample = std::make_shared<Sample>();
  sample->id = "1";
  sample->question = "Is there a dog?";
  sample->category = category;
  sample->cells = {{"question", sample->question}, {"answer", label}};
  return {.sample = std::move(sample), .response = response};
}

std::string reading_of(const std::string& profile, const std::string& response) {
  const auto& task = task_named("pope");
  std::vector<Row> rows = {row_of("yes", response)};
  score_rows(task, task.profile(profile), rows);
  return rows.front().score->answer;
}

double metric_of(const std::vector<Row>& rows, const std::string& profile, const std::string& name,
                 const std::string& split) {
  const auto& task = task_named("POPE");
  for (const auto& metric : task.metrics(rows, task.profile(profile))) {
    if (metric.name == name && metric.split == split) return metric.value;
  }
  ADD_FAILURE() << "no metric " << name << " of " << split;
  return 0;
}

TEST(PopeTest, ReadsAnswersAsEachPipelineDoes) {
  struct Case {
    std::string response;
    std::string ivl;
    std::string vek;
  };
  for (const auto& [response, ivl, vek] : {Case{"Yes", "yes", "Yes"},
                                           {"No.", "no", "No"},
                                           {"No, there is no dog", "no", "No"},
                                           {"There is not a dog", "no", "Unknown"},
                                           {"Yes. No.", "yes", "Unknown"},
                                           {"NO", "yes", "No"},
                                           {"nothing", "yes", "Unknown"},
                                           {"", "yes", "Unknown"}}) {
    EXPECT_EQ(reading_of("ivl", response), ivl) << response;
    EXPECT_EQ(reading_of("vek", response), vek) << response;
  }
}

/// Three of four answers yes, two of them right; one no, wrong.
std::vector<Row> scored_rows(const std::string& profile) {
  const auto& task = task_named("pope");
  std::vector<Row> rows = {row_of("Yes", "yes"), row_of("Yes", "yes"), row_of("No", "yes"),
                           row_of("Yes", "no")};
  score_rows(task, task.profile(profile), rows);
  return rows;
}

TEST(PopeTest, GivesAccuracyPrecisionRecallF1AndYesRatio) {
  const auto rows = scored_rows("ivl");
  EXPECT_EQ(metric_of(rows, "ivl", "Accuracy", "popular"), 0.5);
  EXPECT_EQ(metric_of(rows, "ivl", "Precision", "popular"), 2.0 / 3);
  EXPECT_EQ(metric_of(rows, "ivl", "Recall", "popular"), 2.0 / 3);
  EXPECT_NEAR(metric_of(rows, "ivl", "F1 score", "popular"), 2.0 / 3, 1e-12);
  EXPECT_EQ(metric_of(rows, "ivl", "Yes ratio", "popular"), 0.75);
  EXPECT_NEAR(metric_of(rows, "ivl", "Overall F1", ""), 200.0 / 3, 1e-9);
  const auto others = scored_rows("vek");
  EXPECT_NEAR(metric_of(others, "vek", "Overall", "Overall"), 200.0 / 3, 1e-9);
  EXPECT_EQ(metric_of(others, "vek", "acc", "popular"), 50);
}

TEST(PopeTest, AveragesCategoriesOrPoolsThem) {
  const auto& task = task_named("pope");
  std::vector<Row> rows = {row_of("Yes", "yes", "popular,random"), row_of("Yes", "no", "random")};
  score_rows(task, task.profile("ivl"), rows);
  const double random_f1 = 2 * 1 * 0.5 / 1.5;
  EXPECT_NEAR(metric_of(rows, "ivl", "Overall F1", ""), (1 + random_f1) / 2 * 100, 1e-9);
  score_rows(task, task.profile("vek"), rows);
  const double recall = 2.0 / 3;
  EXPECT_NEAR(metric_of(rows, "vek", "Overall", "Overall"), 2 * recall / (1 + recall) * 100, 1e-9);
}

TEST(PopeTest, HasNoNumberWithoutADenominator) {
  const auto& task = task_named("pope");
  std::vector<Row> rows = {row_of("No", "no"), row_of("No", "no")};
  score_rows(task, task.profile("ivl"), rows);
  EXPECT_TRUE(std::isnan(metric_of(rows, "ivl", "Precision", "popular")));
  EXPECT_EQ(metric_of(rows, "ivl", "Accuracy", "popular"), 1);
  score_rows(task, task.profile("vek"), rows);
  EXPECT_EQ(metric_of(rows, "vek", "Overall", "Overall"), 0);
}

TEST(PopeTest, AsksTheQuestionAsItIs) {
  const auto& task = task_named("pope");
  const auto row = row_of("Yes", "");
  const auto text = [&](const std::string& profile) {
    return task.request(*row.sample, task.profile(profile), Registration::kV15).question;
  };
  EXPECT_EQ(text("ivl"), "Is there a dog? ");
  EXPECT_EQ(text("vek"), "Is there a dog?");
}

}  // namespace
}  // namespace mono::tasks
