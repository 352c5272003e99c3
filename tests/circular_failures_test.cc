// Groups of rotations of which a row has failed: what their other rows are, and the bounds.

#include <gtest/gtest.h>

#include "tasks/registry.h"
#include "tests/choice_samples.h"

namespace mono::tasks {
namespace {

Row rotation(const std::string& id, const std::string& answer, const std::string& response) {
  return tests::choice_row(id, {"x", "y"}, answer, response);
}

Row failed(const std::string& id) {
  auto row = rotation(id, "B", "");
  row.error = "out of memory";
  return row;
}

/// The rows of question 1, all answered rightly, and behind them others of question 2, scored.
std::vector<Row> scored_beside_a_hit(std::vector<Row> second, const std::string& profile = "vek") {
  std::vector<Row> rows = {rotation("1", "A", "A"), rotation("1000001", "B", "B")};
  rows.insert(rows.end(), second.begin(), second.end());
  const auto& task = task_named("mmbench_en_dev");
  score_rows(task, task.profile(profile), rows);
  return rows;
}

Bounds bounds_of(const std::vector<Row>& rows, const std::string& profile = "vek") {
  const auto& task = task_named("mmbench_en_dev");
  return main_metric_bounds(task, task.profile(profile), rows).value();
}

TEST(CircularFailuresTest, AQuestionFailsWithARotationAndSaysWhich) {
  const auto rows = scored_beside_a_hit(
      {rotation("2", "A", "A"), failed("1000002"), rotation("2000002", "A", "dunno")});
  ASSERT_TRUE(rows[2].score);
  EXPECT_EQ(rows[2].score->state, ScoreState::kFailed);
  EXPECT_EQ(rows[2].score->answer, "A");
  EXPECT_EQ(rows[2].score->log, "row '1000002' of its group failed");
  ASSERT_TRUE(rows[4].score) << "a rotation is read by itself";
  EXPECT_EQ(rows[4].score->state, ScoreState::kUnparsed);
  EXPECT_FALSE(rows[4].score->is_counted);
  const auto counts = tally(rows);
  EXPECT_EQ(counts.failed, 2);
  EXPECT_EQ(counts.unparsed, 1);
  EXPECT_EQ(counts.read, 2);
  EXPECT_EQ(counts.unscored, 0) << "no judge is waited for";
}

TEST(CircularFailuresTest, AGroupThatIsNotJudgedEntersNoNumber) {
  const auto rows = scored_beside_a_hit({rotation("2", "A", "A"), failed("1000002")});
  const auto& task = task_named("mmbench_en_dev");
  const auto metrics = task.metrics(rows, task.profile("vek"));
  EXPECT_EQ(metrics.front().value, 1);
  EXPECT_EQ(metrics.front().count, 1);
  EXPECT_EQ(count_scored(rows), 2);
}

TEST(CircularFailuresTest, BoundsCountTheGroupOnceAndAMissThatIsKnown) {
  const auto open = bounds_of(scored_beside_a_hit({rotation("2", "A", "A"), failed("1000002")}));
  EXPECT_EQ(open.low, 0.5);
  EXPECT_EQ(open.high, 1);
  const auto missed = bounds_of(scored_beside_a_hit({rotation("2", "A", "B"), failed("1000002")}));
  EXPECT_EQ(missed.low, 0.5);
  EXPECT_EQ(missed.high, 0.5) << "no answer to the failed row could save it";
  const auto base = bounds_of(scored_beside_a_hit({failed("2"), rotation("1000002", "B", "B")}));
  EXPECT_EQ(base.low, 0.5);
  EXPECT_EQ(base.high, 1);
  const auto known = bounds_of(scored_beside_a_hit({failed("2"), rotation("1000002", "B", "A")}));
  EXPECT_EQ(known.low, 0.5);
  EXPECT_EQ(known.high, 0.5) << "its rotation is wrong already";
}

TEST(CircularFailuresTest, ALostRowMayBeARotationOfAQuestionThatWouldBeRight) {
  Sample lost{.id = "line 3", .fault = "expected JSON"};
  const Row torn{.sample = std::make_shared<const Sample>(lost), .error = lost.fault};
  const auto bounds = bounds_of(scored_beside_a_hit({rotation("2", "A", "A"), torn}));
  EXPECT_EQ(bounds.low, 0.5);
  EXPECT_EQ(bounds.high, 1);
}

TEST(CircularFailuresTest, WhereTheFirstRowFailedTheRotationsAreReadByThemselves) {
  const auto rows = scored_beside_a_hit({failed("2"), rotation("1000002", "B", "B")});
  EXPECT_FALSE(rows[2].score);
  ASSERT_TRUE(rows[3].score);
  EXPECT_EQ(rows[3].score->state, ScoreState::kRead);
  EXPECT_FALSE(rows[3].score->is_counted);
  EXPECT_EQ(tally(rows).failed, 1);
}

TEST(CircularFailuresTest, WithoutAWholeGroupThereIsNoNumber) {
  std::vector<Row> rows = {rotation("1", "A", "A"), failed("1000001"),
                           rotation("2000001", "A", "A")};
  const auto& task = task_named("mmbench_en_dev");
  score_rows(task, task.profile("vek"), rows);
  EXPECT_EQ(count_scored(rows), 1);
  EXPECT_FALSE(has_counted_score(rows));
  EXPECT_EQ(bounds_of(rows).high, 1);
}

TEST(CircularFailuresTest, AnAnswerThatStopsInternVlsScriptIsNoFailure) {
  const auto rows = scored_beside_a_hit({rotation("2", "A", "A"), rotation("1000002", "B", ""),
                                         rotation("3", "A", "A"), failed("1000003")},
                                        "ivl-then-vek");
  EXPECT_EQ(rows[2].score->state, ScoreState::kUnparsed);
  EXPECT_FALSE(rows[2].score->is_counted);
  EXPECT_EQ(rows[4].score->state, ScoreState::kFailed);
  const auto counts = tally(rows);
  EXPECT_EQ(counts.failed, 2);
  EXPECT_EQ(counts.unparsed, 2);
  const auto bounds = bounds_of(rows, "ivl-then-vek");
  EXPECT_EQ(bounds.low, 1.0 / 3);
  EXPECT_EQ(bounds.high, 1);
}

}  // namespace
}  // namespace mono::tasks
