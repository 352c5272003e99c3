#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "tasks/metric/anls.h"
#include "tasks/metric/relaxed_accuracy.h"
#include "tasks/registry.h"
#include "tests/expect_error.h"

namespace mono::tasks {
namespace {

using tests::expect_error;
using Texts = std::vector<std::string>;

TEST(AnlsTest, MeasuresAsTheReferenceDoes) {
  struct Case {
    std::string reference;
    std::string answer;
    double score;
  };
  for (const auto& [reference, answer, score] :
       {Case{"ab", "ax", 0.5},
        {"abc", "abd", 1 - 1.0 / 3},
        {"abcd", "abcx", 0.75},
        {"$1,000", "1000", 1 - 2.0 / 6},
        {"University of California", "university of  california", 1},
        {"", "", 1},
        {"", "x", 0},
        {"straße", "STRASSE", 1 - 2.0 / 7},
        {"ﬁve", "five", 0.5},
        {"abcd", "wxyz", 0}}) {
    EXPECT_EQ(anls(Texts{reference}, answer), score) << reference << " / " << answer;
  }
}

TEST(AnlsTest, TakesTheBestReferenceInAnyOrderAndStaysWithinItsBounds) {
  const Texts references = {"new york", "new york city", "nyc"};
  Texts reversed(references.rbegin(), references.rend());
  for (const char* const answer : {"New York", "new  york city ", "nyc", "york", "la", ""}) {
    const double score = anls(references, answer);
    EXPECT_EQ(score, anls(reversed, answer));
    EXPECT_TRUE(score == 0 || (score >= 0.5 && score <= 1)) << score;
    double best = 0;
    for (const auto& reference : references) {
      best = std::max(best, 1 - anls_distance(reference, answer));
    }
    EXPECT_EQ(score, best < 0.5 ? 0 : best) << answer;
  }
  EXPECT_THROW(anls({}, "x"), model::SetupError);
}

TEST(AnlsTest, MeasuresListsByTheStrippedTexts) {
  EXPECT_EQ(anls_of_list_evaluator(Texts{"September 8,  1972"}, "september 8, 1972"), 1 - 1.0 / 18);
  EXPECT_EQ(anls_of_list_evaluator(Texts{" Ab "}, "ab"), 1);
  EXPECT_EQ(anls_of_list_evaluator(Texts{"ab"}, "xy"), 0);
  EXPECT_TRUE(std::isnan(anls_of_list_evaluator(Texts{" "}, "")));
}

TEST(RelaxedAccuracyTest, MeasuresAgainstTheReferenceOrTheAnswer) {
  struct Case {
    std::string reference;
    std::string answer;
    bool swapped;
    bool corrected;
  };
  for (const auto& [reference, answer, swapped, corrected] :
       {Case{"10", "10.5", true, true}, {"10", "10.51", true, false},
        {"10", "9.5", false, true},     {"100", "105.2", true, false},
        {"0", "0", true, true},         {"0", "0.0", false, false},
        {"0", "0.01", false, false},    {"5%", "0.05", true, true},
        {"5", "5%", false, false},      {"1,000", "1000", false, false},
        {"$5", "5", false, false},      {"Yes", " yes\n", true, true},
        {"Yes", "Yes.", false, false},  {"Yes ", "yes", false, false},
        {"2018", "2010", true, true},   {"nan", "nan", false, false},
        {"inf", "inf", false, false},   {"1_000", "1000", true, true},
        {"5%%", "5%", true, true},      {"%", "%", true, true}}) {
    EXPECT_EQ(is_relaxed_match(reference, answer, {.measures_against_answer = true}), swapped)
        << reference << " / " << answer;
    EXPECT_EQ(is_relaxed_match(reference, answer, {}), corrected) << reference << " / " << answer;
  }
}

TEST(RelaxedAccuracyTest, IsTheSameForBothSignsAndForEqualTexts) {
  for (const double value : {0.5, 3.0, 200.0, 2018.0}) {
    for (const double factor : {0.9, 0.951, 0.96, 1.0, 1.04, 1.0499, 1.06}) {
      const auto number = std::to_string(value);
      const auto answer = std::to_string(value * factor);
      const bool is_match = is_relaxed_match(number, answer, {});
      EXPECT_EQ(is_match, std::abs(factor - 1) <= 0.05) << number << " " << answer;
      EXPECT_EQ(is_relaxed_match("-" + number, "-" + answer, {}), is_match);
    }
    EXPECT_TRUE(is_relaxed_match(std::to_string(value), std::to_string(value), {}));
  }
}

Row row_of(const std::string& answer, const std::string& response, const std::string& split = "") {
  auto sample = std::make_shared<Sample>();
  sample->id = "7";
  sample->split = split;
  sample->cells = {{"question_id", int64_t{7}}, {"answer", answer}};
  return {.sample = std::move(sample), .response = response};
}

double score_of(const std::string& task_name, const std::string& profile, const Row& row) {
  const auto& task = task_named(task_name);
  std::vector<Row> rows = {row};
  score_rows(task, task.profile(profile), rows);
  return rows.front().score.value().value;
}

TEST(GqaTest, DropsPeriodsOrBlanksButNotBoth) {
  EXPECT_EQ(score_of("gqa", "ivl", row_of("no", "No..")), 1);
  EXPECT_EQ(score_of("gqa", "ivl", row_of("no", "no ")), 0);
  EXPECT_EQ(score_of("gqa", "ivl", row_of("No", "no")), 0);
  EXPECT_EQ(score_of("gqa", "vek", row_of("No", " NO\n")), 1);
  EXPECT_EQ(score_of("gqa", "vek", row_of("no", "no.")), 0);
}

TEST(ChartQaTest, ReadsListsAsItsPipelineDoes) {
  EXPECT_EQ(score_of("chartqa", "vek", row_of("[2014, 2300]", "2300")), 1);
  EXPECT_EQ(score_of("chartqa", "ivl", row_of("[2014, 2300]", "2300")), 0);
  EXPECT_EQ(score_of("chartqa", "ivl", row_of("[2014, 2300]", "[2014, 2300]")), 1);
  EXPECT_EQ(score_of("chartqa", "ivl", row_of("['2014', '2300']", "2300")), 1);
  EXPECT_EQ(score_of("chartqa", "vek", row_of("[Yes, No]", "No")), 0);
}

TEST(ChartQaTest, AveragesTheHalvesOnlyWhereBothAreThere) {
  const auto& task = task_named("ChartQA_TEST");
  const auto& profile = task.profile("ivl");
  std::vector<Row> rows = {row_of("1", "1", "test_human"), row_of("1", "5", "test_augmented"),
                           row_of("1", "1", "test_augmented")};
  const auto main_value = [&] {
    score_rows(task, profile, rows);
    for (const auto& metric : task.metrics(rows, profile)) {
      if (metric.name == task.main_metric(profile)) return metric.value;
    }
    return -1.0;
  };
  EXPECT_EQ(main_value(), 0.75);
  rows.erase(rows.begin());
  EXPECT_TRUE(std::isnan(main_value()));
}

TEST(DocVqaTest, SaysWhyATestSplitHasNoScore) {
  for (const char* const name : {"docvqa", "infovqa", "vqav2_testdev"}) {
    const auto& task = task_named(name);
    auto sample = std::make_shared<Sample>();
    sample->id = "1";
    std::vector<Row> rows = {{.sample = sample, .response = "x"},
                             {.sample = sample, .error = "no picture"}};
    for (const auto& profile : task.profiles()) {
      score_rows(task, profile, rows);
      EXPECT_EQ(tally(rows).unscored, 1);
      EXPECT_EQ(tally(rows).failed, 1);
      expect_error([&] { task.metrics(rows, profile); }, {name, "keeps them back", "submit"});
    }
  }
}

TEST(DocVqaTest, ScoresListsWithoutIdsByInternVlsOtherFunction) {
  auto sample = std::make_shared<Sample>();
  sample->id = "0";
  sample->targets = {"September 8,  1972"};
  const Row listed = {.sample = sample, .response = "september 8, 1972"};
  EXPECT_EQ(score_of("docvqa", "ivl", listed), 1 - 1.0 / 18);
  EXPECT_EQ(score_of("docvqa", "official", listed), 1);
  sample->cells = {{"questionId", int64_t{7}}};
  EXPECT_EQ(score_of("docvqa", "ivl", listed), 1);
}

TEST(DocVqaTest, ComparesAMissingAnswerAsNanInTheSheet) {
  EXPECT_EQ(score_of("docvqa_val", "vek", row_of("['nan']", "N/A")), 1);
  EXPECT_EQ(score_of("docvqa_val", "ivl", row_of("['N/A']", "n/a")), 1);
}

TEST(VqaV2Test, OfficialEvaluatorNormalisesOnlyWhereReferencesDiffer) {
  const std::string agreed =
      "['Two dogs.','Two dogs.','Two dogs.','Two dogs.','Two dogs.',"
      "'Two dogs.','Two dogs.','Two dogs.','Two dogs.',' Two dogs.\\n']";
  const std::string differing =
      "['Two dogs.','Two dogs.','Two dogs.','Two dogs.','Two dogs.',"
      "'Two dogs.','Two dogs.','Two dogs.','2 dogs','cats']";
  struct Case {
    std::string references;
    std::string response;
    double ivl;
    double official;
  };
  for (const auto& [references, response, ivl, official] : {Case{agreed, "Two dogs.", 1, 1},
                                                            {agreed, "\tTwo dogs.\n", 1, 1},
                                                            {agreed, "two dogs", 1, 0},
                                                            {agreed, "2 dogs", 1, 0},
                                                            {differing, "the 2 dogs", 1, 1},
                                                            {differing, "cats", 0.3, 0.3},
                                                            {differing, "cats,", 0.3, 0.3},
                                                            {differing, "cat's", 0, 0}}) {
    EXPECT_NEAR(score_of("vqav2", "ivl", row_of(references, response)), ivl, 1e-12) << response;
    EXPECT_NEAR(score_of("vqav2", "official", row_of(references, response)), official, 1e-12)
        << response;
  }
}

TEST(VqaV2Test, OfficialEvaluatorPrintsAPercentageOfTwoDecimals) {
  const auto& task = task_named("vqav2");
  std::vector<Row> rows;
  for (const char* const response : {"x", "y", "z"}) {
    rows.push_back(row_of("['x','x','x','x','x','x','x','x','x','y']", response));
  }
  score_rows(task, task.profile("official"), rows);
  EXPECT_EQ(task.metrics(rows, task.profile("official")).front().value, 43.33);
}

TEST(VqaV2Test, WantsTenReferences) {
  auto sample = std::make_shared<Sample>();
  sample->id = "7";
  sample->targets = {"x", "x"};
  std::vector<Row> rows = {{.sample = sample, .response = "x"}};
  const auto& task = task_named("vqav2_val");
  expect_error([&] { score_rows(task, task.profile("ivl"), rows); }, {"vqav2", "sample 7", "10"});
}

}  // namespace
}  // namespace mono::tasks
