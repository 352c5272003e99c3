#include "tasks/metric/option_judge.h"

#include <gtest/gtest.h>

#include "tasks/pipeline/choice_profiles.h"
#include "tasks/registry.h"
#include "tests/choice_samples.h"

namespace mono::tasks {
namespace {

using tests::choice_row;
using tests::ScriptedJudge;

const std::vector<Choice> kChoices = {{'A', "x"}, {'C', "y"}};

TEST(OptionJudgeTest, FillsTheSlotsQuestionOptionsPrediction) {
  const auto call = option_call("7", "Which?", kChoices, " z ");
  EXPECT_EQ(call.sample_id, "7");
  EXPECT_EQ(call.prompt, "vek-option-en");
  EXPECT_EQ(call.slots, (std::vector<std::string>{
                            "Which?", "There are several options: \nA. x\nC. y\n", " z "}));
  EXPECT_EQ(option_call("7", "哪个?", kChoices, "z").prompt, "vek-option-zh");
  EXPECT_EQ(option_call("7", "Which?", {}, "中").prompt, "vek-option-en");
}

JudgedOption judged_after(const std::vector<std::string>& replies) {
  ScriptedJudge judge(ScriptedJudge::Replies{{"7", replies}});
  const auto profile = vlmevalkit_choice_profile();
  return ask_for_option(option_call("7", "q", kChoices, "?"), kChoices, profile.letter, judge);
}

TEST(OptionJudgeTest, AsksUpToThreeTimesUntilALetterIsRead) {
  const auto judged = judged_after({"no idea", "Failed to obtain answer via API. A", "C", "A"});
  EXPECT_EQ(judged.letter, 'C');
  EXPECT_EQ(judged.reply(), "C");
  EXPECT_EQ(judged.asked.size(), 3U);
  EXPECT_EQ(judged.state, ScoreState::kRead);
}

TEST(OptionJudgeTest, LeavesARowUnparsedAfterThreeFailures) {
  const auto judged = judged_after({"no", "no", "no", "A"});
  EXPECT_EQ(judged.letter, std::nullopt);
  EXPECT_EQ(judged.reply(), "");
  EXPECT_EQ(judged.asked.size(), 3U);
  EXPECT_EQ(judged.state, ScoreState::kUnparsed);
}

TEST(OptionJudgeTest, LeavesARowUnscoredWithoutAReply) {
  EXPECT_EQ(judged_after({}).state, ScoreState::kUnscored);
  EXPECT_EQ(judged_after({"no"}).state, ScoreState::kUnscored);
  EXPECT_EQ(judged_after({"no"}).asked.size(), 1U);
}

TEST(OptionJudgeTest, TakesARefusalAsAnAnswer) {
  EXPECT_EQ(judged_after({"Z"}).letter, 'Z');
}

/// The scores of one group of rotations, the base row first.
std::vector<Row> judged_group(std::vector<Row> rows, Judge& judge) {
  const auto& task = task_named("ccbench");
  score_rows(task, task.profile("vek"), rows, judge);
  return rows;
}

std::vector<Row> group(const std::string& first, const std::string& second,
                       const std::string& third) {
  return {choice_row("5", {"xx", "yy"}, "A", first),
          choice_row("1000005", {"xx", "yy"}, "B", second),
          choice_row("2000005", {"xx", "yy"}, "A", third)};
}

TEST(CircularJudgeTest, WalksTheRowsThatCouldNotBeRead) {
  ScriptedJudge judge(ScriptedJudge::Replies{{"5", {"A"}}, {"2000005", {"A"}}});
  const auto rows = judged_group(group("?", "B", "??"), judge);
  EXPECT_EQ(rows[0].score->value, 1);
  EXPECT_EQ(rows[0].score->how, "judge");
  EXPECT_EQ(rows[0].score->log,
            "Rolling 0: Answer is A, Prediction is ?, Pre-fetched is A.\nRolling 1 Matched.\n"
            "Rolling 2: Answer is A, Prediction is ??, Pre-fetched is A.\n");
  EXPECT_EQ(judge.calls.size(), 2U);
}

TEST(CircularJudgeTest, StopsAtTheFirstMiss) {
  ScriptedJudge judge(ScriptedJudge::Replies{{"5", {"B"}}, {"2000005", {"A"}}});
  const auto rows = judged_group(group("?", "B", "??"), judge);
  EXPECT_EQ(rows[0].score->value, 0);
  EXPECT_EQ(rows[0].score->state, ScoreState::kRead);
  EXPECT_EQ(rows[0].score->log,
            "Failed in Rolling 0: Answer is A; Prediction is ?; Pre-fetched is B; Match Log is "
            "B.\n");
  EXPECT_EQ(judge.calls.size(), 1U);
}

TEST(CircularJudgeTest, DoesNotAskWhereARowIsWrongAnyway) {
  ScriptedJudge judge(ScriptedJudge::Replies{{"5", {"A"}}});
  const auto rows = judged_group(group("?", "A", "A"), judge);
  EXPECT_EQ(rows[0].score->value, 0);
  EXPECT_EQ(rows[0].score->state, ScoreState::kRead);
  EXPECT_TRUE(judge.calls.empty());
}

TEST(CircularJudgeTest, LeavesAGroupUnscoredWithoutAReply) {
  ScriptedJudge judge(ScriptedJudge::Replies{{"5", {"A"}}});
  const auto rows = judged_group(group("?", "B", "??"), judge);
  EXPECT_EQ(rows[0].score->state, ScoreState::kUnscored);
  EXPECT_EQ(rows[0].score->value, 0);
  const auto& task = task_named("ccbench");
  EXPECT_THROW(task.metrics(rows, task.profile("vek")), model::SetupError);
}

TEST(CircularJudgeTest, BoundsAGroupThatCannotBeRead) {
  auto rows = judged_group(group("?", "B", "A"), no_judge());
  for (auto& row : group("A", "B", "A")) {
    auto sample = *row.sample;
    sample.id = std::to_string(std::stoll(sample.id) + 1);
    rows.push_back({.sample = std::make_shared<const Sample>(sample), .response = row.response});
  }
  const auto& task = task_named("ccbench");
  const auto& profile = task.profile("vek");
  score_rows(task, profile, rows);
  EXPECT_EQ(rows[0].score->state, ScoreState::kUnparsed);
  EXPECT_EQ(task.metrics(rows, profile).front().value, 0.5);
  auto bounds = main_metric_bounds(task, profile, rows);
  ASSERT_TRUE(bounds);
  EXPECT_EQ(bounds->low, 0.5);
  EXPECT_EQ(bounds->high, 1);

  rows[4].error = "out of memory";  // a rotation of the other group: neither is known now
  score_rows(task, profile, rows);
  EXPECT_EQ(task.metrics(rows, profile).front().count, 1);
  bounds = main_metric_bounds(task, profile, rows);
  ASSERT_TRUE(bounds);
  EXPECT_EQ(bounds->low, 0);
  EXPECT_EQ(bounds->high, 1);
}

TEST(PlainChoiceTest, AsksAJudgeWhereNoLetterIsRead) {
  ScriptedJudge judge(ScriptedJudge::Replies{{"1", {"the letter B"}}, {"3", {"no", "no", "no"}}});
  std::vector<Row> rows = {choice_row("1", {"xx", "yy"}, "B", "?"),
                           choice_row("2", {"xx", "yy"}, "B", "B"),
                           choice_row("3", {"xx", "yy"}, "B", "?")};
  const auto& task = task_named("ai2d");
  const auto& profile = task.profile("vek");
  score_rows(task, profile, rows, judge);
  EXPECT_EQ(rows[0].score->value, 1);
  EXPECT_EQ(rows[0].score->log, "Match Log: the letter B. ");
  EXPECT_EQ(rows[1].score->log, "Match Log: B. ");
  EXPECT_TRUE(rows[1].score->asked.empty());
  EXPECT_EQ(rows[2].score->value, 0);
  EXPECT_EQ(rows[2].score->state, ScoreState::kUnparsed);
  EXPECT_EQ(task.metrics(rows, profile).front().value, 2.0 / 3);
}

}  // namespace
}  // namespace mono::tasks
