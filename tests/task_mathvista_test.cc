#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tasks/metric/mathvista_vek.h"
#include "tasks/reader/id_map_predictions.h"
#include "tasks/reader/predictions.h"
#include "tasks/registry.h"
#include "tests/judge_cases.h"

namespace mono::tasks {
namespace {

using nlohmann::json;
using tests::judge_saying;
using tests::value_of;
using Texts = std::vector<std::string>;

Sample problem(const std::string& id, const std::string& type, const std::string& answer,
               const json& precision = nullptr) {
  const bool is_choice = type == "text";
  return math_sample(
      {{"pid", id},
       {"question", "q"},
       {"query", "Hint: h\nQuestion: q"},
       {"choices", is_choice ? json{"x", "y"} : json()},
       {"precision", precision},
       {"answer", answer},
       {"question_type", is_choice ? "multi_choice" : "free_form"},
       {"answer_type", type},
       {"metadata", {{"task", "FQA"}, {"source", "S"}, {"skills", {"logic", "it's"}}}}},
      "test");
}

Row answered(Sample sample, const std::string& response) {
  return {.sample = std::make_shared<const Sample>(std::move(sample)), .response = response};
}

TEST(MathVistaTest, AsksAModelForTheRestAndStripsItsReply) {
  const auto& task = task_named("MathVista");
  const auto& profile = task.profile("ivl");
  std::vector<Row> rows = {answered(problem("1", "integer", "7"), "seven")};
  auto judge = judge_saying({"", std::string(kFailedCall), " 7\n"});
  score_rows(task, profile, rows, judge);
  EXPECT_EQ(judge.calls.size(), 3U);
  EXPECT_EQ(judge.calls[0].slots, (Texts{"Hint: h\nQuestion: q", "seven"}));
  EXPECT_EQ(tests::temperatures_of(judge), (std::vector<double>{0, 0, 0}));
  EXPECT_EQ(rows[0].score->value, 1);
  auto hopeless = judge_saying({""});
  score_rows(task, profile, rows, hopeless);
  EXPECT_EQ(hopeless.calls.size(), 5U);
  EXPECT_EQ(rows[0].score->state, ScoreState::kUnparsed);
}

TEST(MathVistaTest, AnEmptyAnswerCanBeRightByLuck) {
  const auto& task = task_named("mathvista");
  std::vector<Row> rows = {answered(problem("1", "text", "x"), "")};
  score_rows(task, task.profile("ivl"), rows);
  EXPECT_EQ(rows[0].score->value, 1);
  EXPECT_EQ(rows[0].score->state, ScoreState::kUnparsed);
}

TEST(MathVistaTest, AFloatingPrecisionLeavesFloatsUnreadIn2024) {
  const auto& task = task_named("mathvista");
  std::vector<Row> rows = {answered(problem("1", "float", "1.2", 1.0), "1.23"),
                           answered(problem("2", "float", "1.2", 1), "1.23")};
  score_rows(task, task.profile("ivl"), rows);
  EXPECT_EQ(rows[0].score->value, 1);
  score_rows(task, task.profile("ivl-2024"), rows);
  EXPECT_EQ(rows[0].score->value, 0);
  EXPECT_EQ(rows[1].score->value, 1);
}

TEST(MathVistaTest, VlmEvalKitPrefetchesLettersAndRightNumbersButNoZero) {
  const auto& task = task_named("mathvista");
  const auto& profile = task.profile("vek");
  std::vector<Row> rows = {
      answered(problem("1", "text", "x"), "B"),    answered(problem("2", "integer", "7"), "7"),
      answered(problem("3", "integer", "0"), "0"), answered(problem("4", "float", "0.5"), ".50"),
      answered(problem("5", "integer", "7"), "8"), answered(problem("6", "list", "[1]"), "[1]"),
      answered(problem("7", "text", "y"), "dunno")};
  auto judge = judge_saying({"0", "7", "[1]", "(B)"});
  score_rows(task, profile, rows, judge);
  Texts asked;
  for (const auto& call : judge.calls) asked.push_back(call.sample_id);
  EXPECT_EQ(asked, (Texts{"3", "5", "6", "7"}));
  std::vector<double> values;
  values.reserve(rows.size());
  for (const auto& row : rows) values.push_back(row.score->value);
  EXPECT_EQ(values, (std::vector<double>{0, 1, 1, 1, 1, 0, 1}));
  const auto metrics = task.metrics(rows, profile);
  EXPECT_EQ(value_of(metrics, "Overall", "prefetch"), 3);
  EXPECT_EQ(value_of(metrics, "Overall", "hit"), 5);
  EXPECT_EQ(value_of(metrics, "it's"), 5.0 / 7 * 100);
}

TEST(MathVistaTest, AnExtractedAnswerGoesThroughASheetThoughTheRowsComeFromOne) {
  const auto& task = task_named("mathvista");
  const auto profile =
      scoring_profile(task.profile("vek-2024"), {.rows = {}, .is_after_sheet = true, .format = {}});
  std::vector<Row> rows = {answered(problem("1", "text", "x"), "dunno"),
                           answered(problem("2", "text", "x"), "=1")};
  auto judge = judge_saying({"N/A", "N/A"});
  score_rows(task, profile, rows, judge);
  EXPECT_EQ(rows[0].score->steps.front().second, "nan") << "what the judge said is read back";
  EXPECT_EQ(judge.calls[1].slots.back(), "=1") << "what the sheet gave is not";
}

TEST(MathVistaTest, WithoutAJudgeThereIsNoHeadlineButARuleExtractedOne) {
  const auto& task = task_named("mathvista");
  for (const auto* const name : {"ivl", "vek-2024"}) {
    const auto& profile = task.profile(name);
    std::vector<Row> rows = {answered(problem("1", "integer", "7"), "7"),
                             answered(problem("2", "integer", "8"), "It is 8."),
                             answered(problem("3", "integer", "9"), "It is 1.")};
    score_rows(task, profile, rows);
    EXPECT_EQ(count_scored(rows), 1) << name;
    const auto metrics = task.metrics(rows, profile);
    EXPECT_EQ(metrics.front().name, task.main_metric(profile));
    EXPECT_TRUE(std::isnan(metrics.front().value)) << name;
    EXPECT_NEAR(value_of(metrics, "rule_extracted"), 200.0 / 3, 1e-9) << name;
    const auto bounds = main_metric_bounds(task, profile, rows);
    ASSERT_TRUE(bounds);
    EXPECT_NEAR(bounds->low, 33.33, 0.01) << name;
    EXPECT_EQ(bounds->high, 100) << name;
  }
}

TEST(MathVistaTest, AListIsNeverRightInVlmEvalKitsBounds) {
  const auto& task = task_named("mathvista");
  const auto& profile = task.profile("vek");
  std::vector<Row> rows = {answered(problem("1", "list", "[1]"), "[1]"),
                           answered(problem("2", "integer", "7"), "7")};
  score_rows(task, profile, rows);
  EXPECT_EQ(main_metric_bounds(task, profile, rows)->high, 50);
}

TEST(MathVistaTest, SortsABreakdownByAccuracy) {
  const auto& task = task_named("mathvista");
  const auto& profile = task.profile("ivl");
  std::vector<Row> rows = {
      answered(problem("1", "text", "x"), "y"), answered(problem("2", "integer", "7"), "7"),
      answered(problem("3", "text", "x"), "x"), answered(problem("4", "text", "x"), "x")};
  score_rows(task, profile, rows);
  const auto metrics = task.metrics(rows, profile);
  EXPECT_EQ(value_of(metrics, "average"), 75);
  EXPECT_EQ(value_of(metrics, "multi_choice", "question_type"), 66.67);
  Texts order;
  for (const auto& metric : metrics) {
    if (metric.split == "question_type") order.push_back(metric.name);
  }
  EXPECT_EQ(order, (Texts{"free_form", "multi_choice"}));
}

/// Every subgroup of MathVista's own score files, where the real ones are at hand.
TEST(MathVistaTest, GivesTheScoreFilesOfMathVistasOwnScorer) {
  const char* const root = std::getenv("MONO_FIXTURES");
  const auto folder =
      std::filesystem::path(root != nullptr ? root : MONO_DEFAULT_FIXTURES) / "MathVista";
  if (!std::filesystem::is_directory(folder / "expected")) {
    GTEST_SKIP() << folder << " is absent; set MONO_FIXTURES";
  }
  const auto& task = task_named("mathvista");
  const auto& profile = task.profile("official");
  int num_lines = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "results")) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with("output_")) continue;
    const auto expected_name = "scores_" + entry.path().stem().string().substr(7) + "_rerun.json";
    std::ifstream file(folder / "expected" / expected_name);
    ASSERT_TRUE(file) << expected_name;
    auto rows = read_predictions(entry.path(), task, profile).rows;
    score_rows(task, profile, rows);
    const auto metrics = task.metrics(rows, profile);
    const auto expected = json::parse(file);
    for (const auto& [key, lines] : expected.items()) {
      if (key == "average") {
        EXPECT_EQ(metrics.front().value, lines.at("accuracy").get<double>()) << name;
        continue;
      }
      for (const auto& [value, line] : lines.items()) {
        EXPECT_EQ(value_of(metrics, value, key), line.at("accuracy").get<double>())
            << name << value;
        ++num_lines;
      }
    }
  }
  EXPECT_GT(num_lines, 0);
}

}  // namespace
}  // namespace mono::tasks
