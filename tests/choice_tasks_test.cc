#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tasks/metric/internvl_letters.h"
#include "tasks/metric/option_letter.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tests/choice_samples.h"
#include "tests/expect_error.h"

namespace mono::tasks {
namespace {

using tests::choice_row;

constexpr const char* kChoiceTasks[] = {
    "mmmu", "mmbench_en", "mmbench_en_dev", "seed_image", "ccbench", "scienceqa", "ai2d"};

const std::vector<Choice> kChoices = {{'A', "a cat"}, {'B', "a dog"}, {'C', "Cats"}, {'D', "none"}};

TEST(ScienceQaLetterTest, ReadsMarkedLettersAndBlankAnswers) {
  const LetterRules rules{.reads_marked_letters = true};
  const std::pair<std::string, std::string> cases[] = {
      {"A.", "A"},      {"(B)", "B"},
      {"x. y", "x"},    {"(é) is", "é"},
      {"ß.", "ß"},      {"The answer is C", "The answer is C"},
      {"a dog", "B"},   {"a cat or a dog", "A"},
      {"Because", "B"}, {"**B**", "**B**"},
      {"c", "c"},       {"答案：B", "答案：B"},
      {" \n", ""},      {"(AB)", "(AB)"}};
  for (const auto& [answer, letter] : cases) {
    EXPECT_EQ(read_internvl_letter(answer, kChoices, rules), letter) << answer;
  }
  EXPECT_EQ(read_internvl_letter("(B", kChoices, rules), std::nullopt);
  EXPECT_EQ(read_internvl_letter("(.", kChoices, rules), "(");
}

TEST(ScienceQaTest, LeavesOutWhatInternVlsScriptStopsOn) {
  std::vector<Row> rows = {choice_row("1", {"x", "y"}, "A", "A."),
                           choice_row("2", {"x", "y"}, "B", ""),
                           choice_row("3", {"x", "y"}, "B", "(B")};
  const auto& task = task_named("scienceqa");
  score_rows(task, task.profile("ivl"), rows);
  EXPECT_EQ(rows[0].score->value, 1);
  EXPECT_EQ(rows[1].score->how, "letter");  // a blank answer is a wrong one
  EXPECT_EQ(rows[2].score->how, "raises IndexError");
  EXPECT_EQ(task.metrics(rows, task.profile("ivl")).front().value, 0.5);
  score_rows(task, task.profile("ivl-2024"), rows);
  EXPECT_EQ(rows[1].score->how, "raises IndexError");
  EXPECT_EQ(rows[2].score->answer, "(B");
  EXPECT_EQ(task.metrics(rows, task.profile("ivl-2024")).front().count, 2);
}

TEST(ScienceQaTest, ALetterIsReadWhereTheFileHoldsNoOptions) {
  std::vector<Row> rows = {choice_row("1", {}, "A", "B."), choice_row("2", {}, "A", "none")};
  const auto& task = task_named("scienceqa");
  score_rows(task, task.profile("ivl"), rows);
  EXPECT_EQ(rows[0].score->state, ScoreState::kRead);
  EXPECT_EQ(rows[1].score->state, ScoreState::kUnparsed);
}

TEST(ScienceQaTest, StripsTheQuestionIn2025AndKnowsFiveOptions) {
  auto sample = *choice_row("1", {"x", "y"}, "A", "").sample;
  sample.question = " q";
  const auto& task = task_named("scienceqa");
  const auto question = [&](const char* profile) {
    return task.request(sample, task.profile(profile), Registration::kV20).question;
  };
  EXPECT_TRUE(question("ivl").starts_with("q\nA. x\nB. y\n"));
  EXPECT_TRUE(question("ivl-2024").starts_with(" q\nA. x\nB. y\n"));
  sample = *choice_row("1", {"1", "2", "3", "4", "5", "6"}, "A", "").sample;
  tests::expect_error([&] { question("ivl"); }, {"sample 1", "5 options, got 6"});
}

double value_of(std::span<const Metric> metrics, std::string_view name) {
  for (const auto& metric : metrics) {
    if (metric.name == name) return metric.value;
  }
  model::fail("no metric ", name);
}

TEST(SeedImageTest, LooksAtTheFirstCharacter) {
  std::vector<Row> rows = {choice_row("1", {}, "B", "Because"), choice_row("2", {}, "B", "B"),
                           choice_row("3", {}, "B", " B"), choice_row("v4", {}, "B", "C"),
                           choice_row("5", {}, "B", "")};
  const char* const kinds[] = {"Scene Understanding", "Visual Reasoning", "Visual Reasoning",
                               "Action Prediction", "Visual Reasoning"};
  for (size_t i = 0; i < rows.size(); ++i) {
    auto sample = *rows[i].sample;
    sample.category = kinds[i];
    rows[i].sample = std::make_shared<const Sample>(std::move(sample));
  }
  const auto& task = task_named("seed_image");
  const auto& profile = task.profile("ivl");
  score_rows(task, profile, rows);
  EXPECT_EQ(rows[4].score->how, "raises IndexError");
  EXPECT_EQ(rows[2].score->state, ScoreState::kUnparsed);
  const auto metrics = task.metrics(rows, profile);
  EXPECT_DOUBLE_EQ(value_of(metrics, "Image accuracy"), 200.0 / 3);
  EXPECT_EQ(value_of(metrics, "Video accuracy"), 0);
  EXPECT_EQ(value_of(metrics, "Total accuracy"), 50);
  EXPECT_EQ(value_of(metrics, "accuracy"), 0.25);  // `Because` is not `B`
  EXPECT_EQ(value_of(metrics, "Visual Reasoning"), 50);
  EXPECT_TRUE(std::isnan(value_of(metrics, "Spatial Relation")));
}

TEST(Ai2dTest, ComparesTheWholeAnswerInInternVlsScript) {
  std::vector<Row> rows = {choice_row("1", {"x", "y"}, "A", " a\n"),
                           choice_row("2", {"x", "y"}, "A", "A.")};
  const auto& task = task_named("ai2d");
  score_rows(task, task.profile("ivl"), rows);
  EXPECT_EQ(rows[0].score->value, 1);
  EXPECT_EQ(rows[1].score->value, 0);
}

TEST(CcBenchTest, AsksInChineseWhateverTheQuestionHolds) {
  const auto& task = task_named("CCBench");
  const auto sample = choice_row("1", {"x", "y"}, "A", "").sample;
  const auto& profile = task.profile("ivl");
  EXPECT_EQ(task.request(*sample, profile, Registration::kV20).question,
            "q\nA. x\nB. y\n请直接回答选项字母。");
}

TEST(CircularTaskTest, ScoresInternVlsLettersCircularly) {
  std::vector<Row> rows = {choice_row("1", {"xx", "yy"}, "A", "Ax"),
                           choice_row("1000001", {"yy", "xx"}, "B", "I say xx"),
                           choice_row("2", {"xx", "yy"}, "A", "A"),
                           choice_row("1000002", {"yy", "xx"}, "B", " ")};
  const auto& task = task_named("mmbench_en");
  const auto& profile = task.profile("ivl-then-vek");
  EXPECT_TRUE(profile.is_scorer);
  score_rows(task, profile, rows);
  EXPECT_EQ(rows[0].score->value, 1);
  EXPECT_EQ(rows[1].score->steps.at(0).second, "B");
  EXPECT_FALSE(enters_metrics(rows[2]));  // its rotation stops InternVL's script
  EXPECT_EQ(rows[3].score->how, "raises IndexError");
  const auto metrics = task.metrics(rows, profile);
  EXPECT_EQ(metrics.front().value, 1);
  EXPECT_EQ(metrics.back().name, "groups_left_out");
  EXPECT_EQ(metrics.back().value, 1);
}

TEST(ChoiceTasksTest, DoNotScoreASetThatKeepsItsAnswersBack) {
  for (const auto* const name : kChoiceTasks) {
    const auto& task = task_named(name);
    for (const auto& profile : task.profiles()) {
      std::vector<Row> rows = {choice_row("1", {"xx", "yy"}, "", "B")};
      score_rows(task, profile, rows);
      ASSERT_TRUE(rows[0].score) << name << " " << profile.name;
      EXPECT_EQ(rows[0].score->state, ScoreState::kUnscored) << name << " " << profile.name;
      EXPECT_THROW(task.metrics(rows, profile), model::SetupError) << name;
    }
  }
}

std::vector<Row> many_rows(bool is_right) {
  std::vector<Row> rows;
  for (int i = 0; i < 12; ++i) {
    const std::string answer = i % 2 == 0 ? "A" : "B";
    const std::string other = i % 2 == 0 ? "B" : "A";
    rows.push_back(choice_row(std::to_string(i), {"xx", "yy"}, answer,
                              is_right || i % 3 == 0 ? answer : other));
  }
  return rows;
}

double main_value(const Task& task, const Profile& profile, std::vector<Row> rows) {
  score_rows(task, profile, rows);
  const auto name =
      task.main_metric(profile) == "Image accuracy" ? "Total accuracy" : task.main_metric(profile);
  return value_of(task.metrics(rows, profile), name);
}

TEST(ChoiceTasksTest, LieBetweenNoneAndAllAndIgnoreTheOrderOfRows) {
  for (const auto* const name : kChoiceTasks) {
    const auto& task = task_named(name);
    for (const auto& profile : task.profiles()) {
      const double all = main_value(task, profile, many_rows(true));
      EXPECT_TRUE(all == 1 || all == 100) << name << " " << profile.name << " " << all;
      auto rows = many_rows(false);
      const double some = main_value(task, profile, rows);
      EXPECT_NEAR(some, all / 3, all * 5e-4) << name << " " << profile.name;
      std::reverse(rows.begin(), rows.end());
      EXPECT_EQ(main_value(task, profile, rows), some) << name << " " << profile.name;
    }
  }
}

TEST(ChoiceTasksTest, DescribeEachProfile) {
  for (const auto* const name : kChoiceTasks) {
    std::vector<std::string> whats;
    for (const auto& profile : task_named(name).profiles()) {
      EXPECT_GT(profile.what.size(), 40U) << name << " " << profile.name;
      EXPECT_EQ(std::count(whats.begin(), whats.end(), profile.what), 0) << name;
      whats.push_back(profile.what);
    }
  }
}

}  // namespace
}  // namespace mono::tasks
