#include <gtest/gtest.h>

#include <cmath>

#include "tasks/metric/mmmu_letter.h"
#include "tasks/metric/open_answer.h"
#include "tasks/mmmu_subjects.h"
#include "tasks/registry.h"
#include "tests/choice_samples.h"

namespace mono::tasks {
namespace {

using tests::choice_row;
using Texts = std::vector<std::string>;

bool is_right(std::string_view response, const Texts& accepted) {
  return matches_open_answer(parse_open_answer(response), accepted);
}

TEST(OpenAnswerTest, FindsNumbersAndTexts) {
  EXPECT_TRUE(is_right("The answer is 42.", {"42"}));
  EXPECT_TRUE(is_right("x = 3.14159", {"3.14"}));
  EXPECT_TRUE(is_right("It is 8.0", {"8"}));
  EXPECT_FALSE(is_right("-5", {"5"}));
  EXPECT_FALSE(is_right("five", {"5"}));
  EXPECT_TRUE(is_right("2.675", {"2.67"}));
  EXPECT_TRUE(is_right("12,34", {"34"}));
  EXPECT_FALSE(is_right("$1,234.50", {"1234.5"}));
  EXPECT_TRUE(is_right("1e-3", {"0.00"}));
  EXPECT_TRUE(is_right("24/7", {"24/7", "3.429"}));
  EXPECT_FALSE(is_right("", {"1"}));
  EXPECT_FALSE(is_right("nan", {"nan"}));
  EXPECT_TRUE(is_right("it is Tampa Bay", {"Tampa", "Florida"}));
}

TEST(OpenAnswerTest, KeepsTheShortestTextBehindAPhraseOfALine) {
  using Values = std::vector<OpenValue>;
  EXPECT_EQ(parse_open_answer("First, y = 3.\nThus the answer is 10"), (Values{10.0}));
  EXPECT_EQ(parse_open_answer("x = y = b"), (Values{" b", "b "}));
  EXPECT_EQ(parse_open_answer("y = 3.\nx"), (Values{std::string("y = 3.\nx"), 3.0}));
  EXPECT_EQ(parse_open_answer("It is :"), (Values{"it is :"}));
  EXPECT_EQ(parse_open_answer("... Stop ..."), (Values{"stop"}));
  EXPECT_EQ(parse_open_answer("also x"), (Values{" x", "x "}));
  EXPECT_EQ(parse_open_answer("is the answer "), (Values{"the answer"}));
}

TEST(OpenAnswerTest, ReadsDigitsOfAnyScript) {
  EXPECT_TRUE(is_right("it was ４２ metres", {"42"}));
}

TEST(OpenAnswerTest, ReadsNumbersOfThreeForms) {
  const auto values = parse_open_answer("values 1,234 and 5.678e3 and .5 and 8.4");
  const std::vector<OpenValue> expected = {std::string("values 1,234 and 5.678e3 and .5 and 8.4"),
                                           1234.0,
                                           5678.0,
                                           234.0,
                                           5.0,
                                           3.0,
                                           0.5,
                                           8.4};
  EXPECT_EQ(values, expected);
}

TEST(OpenAnswerTest, AcceptsItsOwnReferenceAndNothingTwice) {
  for (const std::string text : {"42", "-3.5", "1,000", "MgS", "x", "a b", "ß", "1e5", "inf"}) {
    EXPECT_TRUE(is_right(text, {text})) << text;
    EXPECT_TRUE(is_right("the answer is " + text, {text})) << text;
    const auto values = parse_open_answer(std::string(text).append(" ").append(text));
    for (size_t i = 0; i < values.size(); ++i) {
      for (size_t j = i + 1; j < values.size(); ++j) EXPECT_NE(values[i], values[j]) << text;
    }
  }
}

const std::vector<Choice> kChoices = {{'A', "a red cat"}, {'B', "a dog"}, {'C', "cat"}, {'D', "x"}};

std::string parsed(std::string_view answer) {
  MmmuLetterParser parser;
  const auto letter = parser.read(answer, kChoices);
  return letter.is_guess ? "guess " + std::string(1, letter.letter) : std::string(1, letter.letter);
}

TEST(MmmuLetterTest, TakesTheLastOptionNamed) {
  EXPECT_EQ(parsed("(B)"), "B");
  EXPECT_EQ(parsed("(B) or (A)"), "A");
  EXPECT_EQ(parsed("(B) but A"), "B");
  EXPECT_EQ(parsed("C. and A and B, C"), "C");
  EXPECT_EQ(parsed("A and B it is"), "B");
  EXPECT_EQ(parsed("!B'"), "B");
  EXPECT_EQ(parsed("'B!'"), "guess A");                       // each kind of mark is taken off once
  EXPECT_EQ(parsed("I see in this picture a Red Cat"), "C");  // `cat` begins further right
  EXPECT_EQ(parsed("it can only be a dog there"), "B");
}

TEST(MmmuLetterTest, GuessesWithPythonsSeed) {
  EXPECT_EQ(parsed("the dog"), "guess A");
  MmmuLetterParser parser;
  std::string guesses;
  for (int i = 0; i < 20; ++i) guesses += parser.read("?", kChoices).letter;
  EXPECT_EQ(guesses, "AACBBBAADAAABBABDBDC");  // random.seed(42); random.choice("ABCD") ...
}

TEST(MmmuTest, KnowsSplitAndSubjectOfAnId) {
  EXPECT_EQ(mmmu_subject("validation_Art_Theory_12"), "Art_Theory");
  EXPECT_EQ(mmmu_split("validation_Art_Theory_12"), "validation");
  EXPECT_EQ(mmmu_subject("17"), "");
  EXPECT_EQ(mmmu_split("17"), "");
}

Metric metric_named(std::span<const Metric> metrics, std::string_view name) {
  for (const auto& metric : metrics) {
    if (metric.name == name) return metric;
  }
  model::fail("no metric ", name);
}

TEST(MmmuTest, PrintsThreeDecimalsAndCountsOneSplit) {
  std::vector<Row> rows = {choice_row("validation_Art_1", {"x", "y"}, "A", "A"),
                           choice_row("validation_Art_2", {"x", "y"}, "A", "A. x"),
                           choice_row("validation_Math_1", {"x", "y"}, "A", "B"),
                           choice_row("dev_Math_1", {"x", "y"}, "A", "A"),
                           choice_row("validation_Math_2", {"x", "y"}, "A", " ")};
  const auto& task = task_named("mmmu");
  const auto& profile = task.profile("ivl");
  score_rows(task, profile, rows);
  const auto metrics = task.metrics(rows, profile);
  EXPECT_EQ(metrics.front().name, "Overall");
  EXPECT_EQ(metrics.front().value, 0.667);
  EXPECT_EQ(metrics.front().count, 3);
  EXPECT_EQ(metric_named(metrics, "Overall-Art and Design").value, 1);
  EXPECT_EQ(metric_named(metrics, "Math").value, 0);
  EXPECT_TRUE(std::isnan(metric_named(metrics, "Music").value));
  EXPECT_EQ(rows[4].score->how, "raises IndexError");
  EXPECT_EQ(rows[4].score->state, ScoreState::kUnparsed);
  const auto bounds = main_metric_bounds(task, profile, rows);
  ASSERT_TRUE(bounds);
  EXPECT_EQ(bounds->low, 0.5);
  EXPECT_EQ(bounds->high, 0.75);
}

TEST(MmmuTest, ComparesOpenAnswersInInternVlsScripts) {
  std::vector<Row> rows = {choice_row("validation_Art_1", {}, "6.5", "it is 6.50 "),
                           choice_row("validation_Art_2", {}, "6.5", "")};
  const auto& task = task_named("mmmu");
  score_rows(task, task.profile("ivl"), rows);
  EXPECT_EQ(rows[0].score->value, 1);
  EXPECT_EQ(rows[0].score->how, "open");
  EXPECT_EQ(rows[0].score->steps.at(0).second, "[6.5]");
  EXPECT_EQ(rows[1].score->value, 0);
}

TEST(MmmuTest, RewritesOpenQuestionsInVlmEvalKit) {
  auto typed = choice_row("4", {"x"}, "42", "A");  // the answer is no letter, so A is right
  std::vector<Row> rows = {choice_row("1", {}, "Tampa", "I say Tampa Bay"),
                           choice_row("2", {}, "Tampa", "Other answers than Tampa"),
                           choice_row("3", {}, "C", "C"), typed};
  const auto& task = task_named("mmmu");
  const auto& profile = task.profile("vek");
  score_rows(task, profile, rows);
  EXPECT_EQ(rows[0].score->value, 1);
  EXPECT_EQ(rows[0].score->how, "rewritten text");
  EXPECT_EQ(rows[1].score->answer, "");
  EXPECT_EQ(rows[2].score->answer, "A");  // A is `C`, B `Other Answers`; C can never be matched
  EXPECT_EQ(rows[2].score->value, 0);
  EXPECT_EQ(rows[3].score->value, 1);
}

TEST(MmmuTest, MarksTheGuessesOfItsOwnParser) {
  std::vector<Row> rows = {choice_row("validation_Art_1", {"xx", "yy"}, "B", "(B)"),
                           choice_row("validation_Art_2", {"xx", "yy"}, "A", "?")};
  const auto& task = task_named("mmmu");
  score_rows(task, task.profile("official"), rows);
  EXPECT_EQ(rows[0].score->state, ScoreState::kRead);
  EXPECT_EQ(rows[1].score->state, ScoreState::kGuessed);
  EXPECT_EQ(tally(rows).guessed, 1);
}

TEST(MmmuTest, StripsEveryPieceOfInternVlsQuestion) {
  auto sample = *choice_row("validation_Art_1", {" x\n", "y"}, "A", "").sample;
  sample.question = " q <image 1> \n";
  const auto& task = task_named("mmmu");
  const auto& profile = task.profile("ivl");
  EXPECT_EQ(task.request(sample, profile, Registration::kV20).question,
            "q <image 1>\nA. x\nB. y\nAnswer with the option's letter from the given choices "
            "directly.");
  sample.choices.clear();
  EXPECT_EQ(task.request(sample, profile, Registration::kV20).question,
            "q <image 1>\nAnswer the question using a single word or phrase.");
}

}  // namespace
}  // namespace mono::tasks
