// Files of predictions that lack a rotation of a question: without it the question would be right
// where it is wrong.

#include <gtest/gtest.h>

#include <algorithm>

#include "tasks/reader/reader.h"
#include "tests/expect_error.h"
#include "tests/prediction_tables.h"

namespace mono::tests {
namespace {

constexpr const char* kForms[] = {"p.tsv", "p.xlsx", "p.jsonl"};

/// Two questions of two options and their rotations, without some of the rows.
TextRows table_without(const std::vector<std::string>& left_out) {
  TextRows table = {{"index", "question", "A", "B", "answer", "prediction"},
                    {"1", "q", "x", "y", "A", "A"},
                    {"2", "r", "x", "y", "B", "B"},
                    {"1000001", "q", "y", "x", "B", "B"},
                    {"1000002", "r", "y", "x", "A", "A"}};
  std::erase_if(table, [&](const auto& row) {
    return std::find(left_out.begin(), left_out.end(), row[0]) != left_out.end();
  });
  return table;
}

TEST(CircularGroupsTest, AQuestionWithoutARotationFails) {
  for (const auto* const form : kForms) {
    const auto errors = errors_of(table_without({"1000002"}), "mmbench_en_dev", form);
    ASSERT_EQ(errors.size(), 3U);
    EXPECT_EQ(errors[0] + errors[2], "") << form;
    expect_parts(errors[1], {form, "rotation", "missing", "2 rows", "got 1"});
  }
}

TEST(CircularGroupsTest, RotationsWithoutTheirQuestionFail) {
  for (const auto* const form : kForms) {
    const auto errors = errors_of(table_without({"2"}), "mmbench_en_dev", form);
    ASSERT_EQ(errors.size(), 3U);
    EXPECT_EQ(errors[0] + errors[1], "") << form;
    expect_parts(errors[2], {form, "first row", "'2'"});
  }
}

TEST(CircularGroupsTest, WholeQuestionsDoNot) {
  for (const auto& error : errors_of(table_without({}), "mmbench_en_dev", "p.tsv")) {
    EXPECT_EQ(error, "");
  }
}

TEST(CircularGroupsTest, AnOptionThatPandasTakesForMissingAsksForNoRow) {
  auto table = table_without({"1000002"});
  table[2][3] = "None";
  table[2][4] = "A";
  for (const auto* const form : kForms) {
    for (const auto& error : errors_of(table, "mmbench_en_dev", form)) EXPECT_EQ(error, "") << form;
  }
}

TEST(CircularGroupsTest, InternVlsLettersNeedNoRotation) {
  const ScratchFolder folder;
  const auto path = write_table(folder.path(), table_without({"1000002", "1"}), "p.tsv");
  const auto& task = tasks::task_named("mmbench_en_dev");
  for (const auto& row : tasks::read_predictions(path, task, task.profile("ivl")).rows) {
    EXPECT_EQ(row.error, "");
  }
  EXPECT_NE(tasks::read_predictions(path, task, task.profile("ivl-then-vek")).rows[0].error, "");
}

}  // namespace
}  // namespace mono::tests
