// The reading of yes/no answers, and HallusionBench.

#include <gtest/gtest.h>

#include <cmath>

#include "tasks/metric/mme_answer.h"
#include "tasks/metric/yes_no.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tests/expect_error.h"
#include "tests/judge_cases.h"

namespace mono::tasks {
namespace {

using tests::judge_saying;
using tests::row_of;
using tests::ScriptedJudge;
using tests::value_of;

TEST(YesNoTest, ReadsAnswersAsThePipelinesDo) {
  struct Case {
    std::string answer;
    std::string ivl;
    std::string vek;
  };
  for (const auto& [answer, ivl, vek] : {Case{"yes.", "yes", "Yes"},
                                         {"Not sure", "no", "Unknown"},
                                         {"None", "no", "Unknown"},
                                         {"Know", "no", "Unknown"},
                                         {"Nope", "no", "Unknown"},
                                         {"I know", "other", "Unknown"},
                                         {"The answer is yes", "other", "Yes"},
                                         {"是", "yes", "Unknown"},
                                         {"不是", "no", "Unknown"},
                                         {"true", "yes", "Unknown"},
                                         {"False", "no", "Unknown"},
                                         {"yes/no", "yes", "Unknown"},
                                         {"yes no", "yes", "Unknown"},
                                         {"Yes.No", "yes", "Unknown"},
                                         {"Yeah", "other", "Unknown"},
                                         {"", "other", "Unknown"}}) {
    EXPECT_EQ(read_mme_answer(clean_mme_answer(answer)), ivl) << answer;
    EXPECT_EQ(read_yes_no(answer, vlmevalkit_profile().vqa), vek) << answer;
    EXPECT_EQ(read_yes_no(answer, vlmevalkit_2024_profile().vqa), vek) << answer;
  }
}

TEST(YesNoTest, DoesNotDependOnCaseOrOnOtherWords) {
  const auto rules = vlmevalkit_profile().vqa;
  for (const std::string word : {"yes", "no"}) {
    const auto expected = word == "yes" ? "Yes" : "No";
    for (const std::string around : {"{}", "well, {}!", "I say {} to that", "{}; certainly"}) {
      auto text = around;
      text.replace(text.find("{}"), 2, word);
      EXPECT_EQ(read_yes_no(text, rules), expected) << text;
      for (char& c : text) c = static_cast<char>(std::toupper(c));
      EXPECT_EQ(read_yes_no(text, rules), expected) << text;
    }
  }
}

Row question(const std::string& answer, const std::string& response,
             const std::string& id = "VD_ocr_0_1_2_3") {
  return row_of(id,
                {{"question", "Is it"},
                 {"answer", answer},
                 {"category", "VD"},
                 {"l2-category", "VD_ocr"},
                 {"image_path", "a.png"}},
                response);
}

TEST(YesNoTest, AsksAJudgeUntilItsReplyReads) {
  std::vector<Row> rows = {question("No", "maybe"), question("Yes", "Yes")};
  auto judge = judge_saying({"Unknown", "Yes or No", "no."});
  const auto scores = score_yes_no(rows, vlmevalkit_profile(), judge);
  ASSERT_EQ(judge.calls.size(), 3U);
  EXPECT_EQ(judge.calls[0].prompt, "vek-yorn");
  EXPECT_EQ(judge.calls[0].slots, (std::vector<std::string>{"Is it", "maybe"}));
  EXPECT_EQ(tests::temperatures_of(judge), (std::vector<double>{0, 0.5, 1}));
  EXPECT_EQ(scores[0]->answer, "No");
  EXPECT_EQ(scores[0]->value, 1);
  EXPECT_EQ(scores[0]->state, ScoreState::kRead);
  EXPECT_EQ(scores[0]->asked.size(), 3U);
  EXPECT_TRUE(scores[1]->asked.empty());
}

TEST(YesNoTest, GivesUpAfterFiveRepliesThatDoNotRead) {
  const std::vector<Row> rows = {question("No", "maybe")};
  auto judge = judge_saying({"Unknown"});
  const auto scores = score_yes_no(rows, vlmevalkit_profile(), judge);
  EXPECT_EQ(judge.calls.size(), 5U);
  EXPECT_EQ(scores[0]->state, ScoreState::kUnparsed);
  EXPECT_EQ(scores[0]->value, 0);
}

TEST(YesNoTest, WithoutAReplyOnRecordTheRowStaysUnscored) {
  std::vector<Row> rows = {question("No", "maybe"), question("No", "no", "VD_ocr_0_1_2_4")};
  ScriptedJudge silent([](const JudgeCall&) { return std::nullopt; });
  const auto& task = task_named("hallusionbench");
  const auto& profile = task.profile("vek");
  score_rows(task, profile, rows, silent);
  EXPECT_EQ(rows[0].score->state, ScoreState::kUnscored);
  EXPECT_EQ(tally(rows).unscored, 1);
  const auto metrics = task.metrics(rows, profile);
  EXPECT_TRUE(std::isnan(metrics.front().value));
  EXPECT_EQ(value_of(metrics, "aAcc", "Overall"), 100);
  score_rows(task, profile, rows);
  EXPECT_EQ(rows[0].score->state, ScoreState::kUnparsed);
}

TEST(HallusionBenchTest, GroupsByFigureAndByQuestion) {
  const auto& task = task_named("HallusionBench");
  const auto& profile = task.profile("vek");
  // Set 1, figures 0 and 1, questions 0 and 1; one of four answers is wrong.
  std::vector<Row> rows = {
      question("Yes", "Yes", "VD_ocr_1_1_0_0"), question("No", "No", "VD_ocr_1_1_0_1"),
      question("Yes", "Yes", "VD_ocr_2_1_1_0"), question("No", "Yes", "VD_ocr_2_1_1_1")};
  score_rows(task, profile, rows);
  const auto metrics = task.metrics(rows, profile);
  EXPECT_EQ(value_of(metrics, "aAcc", "Overall"), 75);
  EXPECT_EQ(value_of(metrics, "fAcc", "Overall"), 50);
  EXPECT_EQ(value_of(metrics, "qAcc", "VD_ocr"), 50);
  EXPECT_EQ(metrics.front().name, task.main_metric(profile));
  EXPECT_NEAR(metrics.front().value, (75.0 + 50 + 50) / 3, 1e-12);
}

TEST(HallusionBenchTest, BoundsHoldGroupsTogether) {
  const auto& task = task_named("hallusionbench");
  const auto& profile = task.profile("vek");
  std::vector<Row> rows = {question("Yes", "Yes", "VD_ocr_1_1_0_0"),
                           question("No", "perhaps", "VD_ocr_1_1_0_1")};
  score_rows(task, profile, rows);
  const auto bounds = main_metric_bounds(task, profile, rows);
  ASSERT_TRUE(bounds);
  EXPECT_NEAR(bounds->low, (50.0 + 0 + 50) / 3, 1e-12);
  EXPECT_EQ(bounds->high, 100);
  const double value = task.metrics(rows, profile).front().value;
  EXPECT_LE(bounds->low, value);
  EXPECT_LE(value, bounds->high);
}

TEST(HallusionBenchTest, NamesAnIndexItCannotTakeApart) {
  const auto& task = task_named("hallusionbench");
  std::vector<Row> rows = {question("Yes", "Yes", "VD_ocr_1")};
  score_rows(task, task.profile("vek"), rows);
  tests::expect_error([&] { task.metrics(rows, task.profile("vek")); },
                      {"sample VD_ocr_1", "six fields", "got 3"});
}

}  // namespace
}  // namespace mono::tasks
