#include <gtest/gtest.h>

#include <cmath>

#include "tasks/metric/mmvet_grade.h"
#include "tasks/metric/mmvet_tables.h"
#include "tasks/reader/predictions.h"
#include "tasks/reader/reader.h"
#include "tasks/registry.h"
#include "tests/expect_error.h"
#include "tests/judge_cases.h"
#include "tests/task_cases.h"

namespace mono::tasks {
namespace {

using tests::expect_error;
using tests::judge_saying;
using tests::row_of;
using tests::ScratchFolder;
using tests::value_of;
using Texts = std::vector<std::string>;

const JudgeCall kCall = {.sample_id = "v1_0", .prompt = "mmvet-official", .slots = {"q", "a", "p"}};

TEST(MmVetGradeTest, PutsBlanksAroundTheWordsOfTheGroundTruth) {
  const auto call = mmvet_call("v1_0", "mmvet-vek", "q", "-1<AND>-5<OR>x", "p | r");
  EXPECT_EQ(call.slots, (Texts{"q", "-1 <AND> -5 <OR> x", "p | r"}));
}

TEST(MmVetGradeTest, OfficialGraderReadsTheFirstPieceOfAReply) {
  struct Case {
    std::string reply;
    double value;
  };
  for (const auto& [reply, value] : {Case{"0.7", 0.7},
                                     {"0.5 because", 0.5},
                                     {"1", 1},
                                     {".5", 0.5},
                                     {"1.0\n", 1},
                                     {"1e-1", 0.1}}) {
    auto judge = judge_saying({reply});
    const auto score = grade_officially(kCall, 1, judge);
    EXPECT_EQ(score.value, value) << reply;
    EXPECT_EQ(judge.calls.size(), 1U) << reply;
    EXPECT_EQ(judge.calls[0].max_tokens, 3);
  }
}

TEST(MmVetGradeTest, OfficialGraderRepeatsFiveTimesAndNeverReadsTheLastReply) {
  auto judge = judge_saying({"abc", "2", " 0.4", "", "nan", "0.9 yes"});
  const auto score = grade_officially(kCall, 1, judge);
  EXPECT_EQ(tests::temperatures_of(judge), (std::vector<double>{0, 0, 0.5, 1, 1.5, 2}));
  EXPECT_EQ(judge.calls[0].suffix, "");
  EXPECT_EQ(judge.calls[1].suffix, judge.calls[5].suffix);
  EXPECT_EQ(judge.calls[1].suffix.size(), 48U);
  EXPECT_EQ(score.value, 0);
  EXPECT_EQ(score.answer, "0.9 yes");
  EXPECT_EQ(score.state, ScoreState::kUnparsed);
}

TEST(MmVetGradeTest, OfficialRunsAreGradedOneAfterTheOther) {
  tests::ScriptedJudge judge([](const JudgeCall& call) -> std::optional<std::string> {
    return call.run == 1 ? "1.0" : "0.4";
  });
  const auto score = grade_officially(kCall, 3, judge);
  EXPECT_EQ(score.run_values, (std::vector<double>{0.4, 1, 0.4}));
  EXPECT_NEAR(score.value, 0.6, 1e-12);
  tests::ScriptedJudge one_run([](const JudgeCall& call) -> std::optional<std::string> {
    return call.run == 0 ? std::optional<std::string>("1.0") : std::nullopt;
  });
  EXPECT_EQ(grade_officially(kCall, 3, one_run).state, ScoreState::kUnscored);
}

TEST(MmVetGradeTest, VlmEvalKitWantsTheWholeReplyToBeAGrade) {
  auto judge = judge_saying({"0.5 because", "1.5", "-0.1", "inf", " 0.4"});
  const auto score = grade_as_vlmevalkit(kCall, judge);
  EXPECT_EQ(tests::temperatures_of(judge), (std::vector<double>{0, 0.5, 1, 1.5, 2}));
  EXPECT_EQ(score.value, 0.4);
  EXPECT_EQ(score.log,
            "Try 0: output is 0.5 because, failed to parse.\n"
            "Try 1: output is 1.5, invalid score: 1.5.\n"
            "Try 2: output is -0.1, invalid score: -0.1.\n"
            "Try 3: output is inf, invalid score: inf.\nSucceed");
  auto hopeless = judge_saying({"nan"});
  EXPECT_EQ(grade_as_vlmevalkit(kCall, hopeless).state, ScoreState::kUnparsed);
  EXPECT_EQ(hopeless.calls.size(), 5U);
}

TEST(MmVetGradeTest, GradesStayInTheirRange) {
  for (const auto* const reply : {"0", "1", "2", "-1", "0.999", "nan", "inf", "x", "", "1e400"}) {
    auto first = judge_saying({reply});
    auto second = judge_saying({reply});
    for (const auto& score :
         {grade_officially(kCall, 1, first), grade_as_vlmevalkit(kCall, second)}) {
      EXPECT_GE(score.value, 0) << reply;
      EXPECT_LE(score.value, 1) << reply;
    }
  }
}

Row graded(const std::string& id, const std::string& capabilities, double grade) {
  auto row = row_of(id, {{"question", "q"}, {"answer", "a"}, {"category", capabilities}}, "r");
  row.score = Score{.value = grade};
  return row;
}

TEST(MmVetTablesTest, VlmEvalKitCountsALoneCapabilityTwice) {
  const auto metrics =
      vlmevalkit_mmvet_metrics(Texts{"rec", "rec,ocr", "ocr,rec"}, std::vector<double>{1, 0.5, 0});
  EXPECT_EQ(value_of(metrics, "Overall"), 50);
  EXPECT_EQ(value_of(metrics, "rec"), 2.5 / 4 * 100);
  EXPECT_EQ(value_of(metrics, "rec", "fine"), value_of(metrics, "rec"));
  EXPECT_EQ(value_of(metrics, "rec_ocr", "fine"), 50);
  EXPECT_EQ(value_of(metrics, "ocr_rec", "fine"), 0);
  EXPECT_TRUE(std::isnan(value_of(metrics, "math")));
}

TEST(MmVetTablesTest, OfficialTableRoundsAndTakesTheMeanOfRuns) {
  std::vector<Row> rows = {graded("1", "ocr,math", 0.45), graded("2", "math,ocr", 0.4),
                           graded("3", "rec", 1)};
  rows[0].score->run_values = {0.4, 0.5};
  rows[1].score->run_values = {0.4, 0.4};
  rows[2].score->run_values = {1, 1};
  const std::vector<const Row*> all = {&rows[0], &rows[1], &rows[2]};
  const auto metrics = official_mmvet_metrics(all);
  EXPECT_EQ(metrics.front().name, "total");
  EXPECT_EQ(value_of(metrics, "total"), 61.7);  // (60 + 63.33) / 2
  EXPECT_EQ(value_of(metrics, "std"), 1.7);
  EXPECT_EQ(value_of(metrics, "1", "runs"), 60);
  EXPECT_EQ(value_of(metrics, "2", "runs"), 63.3);
  EXPECT_EQ(value_of(metrics, "ocr"), 42.5);
  EXPECT_EQ(value_of(metrics, "math+ocr", "combination"), 42.5);
}

TEST(MmVetTest, HasNoHeadlineWhileARowWaitsForItsGrade) {
  const auto& task = task_named("MMVet");
  for (const auto* const name : {"ivl", "vek", "vek-2024", "official"}) {
    const auto& profile = task.profile(name);
    std::vector<Row> rows = {graded("1", "ocr", 0), graded("2", "ocr", 0)};
    score_rows(task, profile, rows);
    EXPECT_EQ(tally(rows).unscored, 2) << name;
    EXPECT_EQ(count_scored(rows), 0) << name;
    EXPECT_THROW(task.metrics(rows, profile), model::SetupError) << name;
    auto bounds = main_metric_bounds(task, profile, rows);
    ASSERT_TRUE(bounds) << name;
    EXPECT_EQ(bounds->low, 0) << name;
    EXPECT_EQ(bounds->high, 100) << name;

    rows[1].score = Score{.value = 1};
    const auto metrics = task.metrics(rows, profile);
    EXPECT_EQ(metrics.front().name, task.main_metric(profile)) << name;
    EXPECT_TRUE(std::isnan(metrics.front().value)) << name;
    bounds = main_metric_bounds(task, profile, rows);
    EXPECT_EQ(bounds->low, 50) << name;
    EXPECT_EQ(bounds->high, 100) << name;
  }
}

TEST(MmVetTest, HandsInOneObjectByQuestion) {
  const auto& task = task_named("mmvet");
  std::vector<Row> rows = {graded("v1_0", "ocr", 0), graded("v1_1", "ocr", 0)};
  rows[1].error = "no picture";
  const auto file = task.hand_in(rows);
  ASSERT_TRUE(file);
  EXPECT_EQ(file->content, R"({"v1_0":"r"})");
  EXPECT_FALSE(task.hand_in(std::span(rows).subspan(1)));
}

constexpr const char* kQuestions =
    R"({"v1_0": {"question": "q0", "answer": "a<OR>b", "capability": ["ocr", "math"]},
        "v1_1": {"question": "q1", "answer": "c", "capability": ["rec"]}})";

TEST(MmVetTest, ReadsStoredGradesWithTheQuestionsAbove) {
  const ScratchFolder folder;
  folder.write("mm-vet.json", kQuestions);
  std::filesystem::create_directories(folder.path() / "results");
  const auto path = folder.write(
      "results/g.json", R"({"v1_1": {"model": ["gpt-4"], "content": ["0.5"], "score": [0.5]},
                            "v1_0": {"model": ["gpt-4"], "content": ["1.0"], "score": [1.0]}})");
  const auto& task = task_named("mmvet");
  const auto& official = task.profile("official");
  auto set = read_predictions(path, task, official);
  EXPECT_EQ(set.format, "mmvet-grades-json");
  EXPECT_EQ(set.rows.at(0).sample->id, "v1_1");
  EXPECT_EQ(set.rows.at(1).sample->category, "ocr,math");
  score_rows(task, official, set.rows);
  EXPECT_EQ(value_of(task.metrics(set.rows, official), "total"), 75);
  score_rows(task, task.profile("official-3runs"), set.rows);
  EXPECT_EQ(tally(set.rows).unscored, 2);
  score_rows(task, task.profile("vek"), set.rows);
  EXPECT_EQ(tally(set.rows).unscored, 2);
}

TEST(MmVetTest, NamesWhatIsMissingBesidePredictions) {
  const ScratchFolder folder;
  const auto& task = task_named("mmvet");
  const auto path = folder.write("p.json", R"({"v1_7": "r"})");
  const auto read = [&] { read_predictions(path, task, task.profile("official")); };
  expect_error(read, {"p.json", "mm-vet.json", "--data"});
  folder.write("mm-vet.json", kQuestions);
  expect_error(read, {"p.json", "'v1_7'", "mm-vet.json"});
  folder.write("p.json", R"({"v1_0": {"score": ["x"]}})");
  expect_error(read, {"p.json", "'v1_0'", "'score'", "string"});
}

TEST(MmVetTest, ReadsInternVlsQuestionsWithTheirGroundTruth) {
  const ScratchFolder folder;
  const auto path =
      folder.write("llava-mm-vet.jsonl",
                   R"({"image": "v1_0.png", "text": "q0", "category": "conv", "question_id": 0})"
                   "\n");
  const auto& task = task_named("mmvet");
  const auto& profile = task.profile("ivl");
  auto sample = read_samples(path, task, profile).samples.at(0);
  EXPECT_EQ(sample->id, "v1_0");
  EXPECT_EQ(sample->category, "");
  EXPECT_EQ(task.request(*sample, profile, Registration::kV20).question, "q0 ");
  folder.write("mm-vet.json", kQuestions);
  sample = read_samples(path, task, profile).samples.at(0);
  EXPECT_EQ(sample->category, "ocr,math");
  EXPECT_EQ(cell_text(*sample->cell("answer")), "a<OR>b");
  ASSERT_EQ(sample->images.size(), 1U);
}

TEST(MmVetTest, DoesNotGradeWithoutGroundTruth) {
  const auto& task = task_named("mmvet");
  std::vector<Row> rows = {row_of("v1_0", {{"question", "q"}}, "r")};
  auto judge = judge_saying({"1.0"});
  expect_error([&] { score_rows(task, task.profile("ivl"), rows, judge); },
               {"sample v1_0", "no ground truth"});
}

}  // namespace
}  // namespace mono::tasks
