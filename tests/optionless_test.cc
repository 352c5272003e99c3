// Rows of multiple-choice sets whose options nobody knows: VLMEvalKit cannot score them.

#include <gtest/gtest.h>

#include <tuple>

#include "tests/expect_error.h"
#include "tests/prediction_tables.h"

namespace mono::tests {
namespace {

using Texts = std::vector<std::string>;

TEST(OptionlessTest, ARowFailsWhereItsFileHasNoOptions) {
  const TextRows table = {{"index", "question", "answer", "prediction"},
                          {"1", "q", "A", "A"},
                          {"2", "q", "B", "Other answers"}};
  for (const auto* const task :
       {"scienceqa", "ai2d", "seed_image", "mmmu", "mmbench_en_dev", "ccbench"}) {
    for (const auto* const form : {"p.tsv", "p.xlsx", "p.jsonl"}) {
      SCOPED_TRACE(std::string(task) + " " + form);
      const auto errors = errors_of(table, task, form);
      ASSERT_EQ(errors.size(), 2U);
      for (const auto& error : errors) expect_parts(error, {form, "options", "--data"});
    }
  }
}

TEST(OptionlessTest, InternVlsListsNeedTheDataInVlmEvalKit) {
  const ScratchFolder folder;
  for (const auto& [name, element] :
       {std::pair("scienceqa", R"({"question": "q", "answer": "A", "gt_answers": "A"})"),
        std::pair("ai2d", R"({"question": "q", "answer": "A", "annotation": "A"})")}) {
    const auto path = folder.write("p.json", std::string("[") + element + "]");
    const auto& task = tasks::task_named(name);
    EXPECT_EQ(tasks::read_predictions(path, task, task.profile("ivl")).rows.at(0).error, "");
    expect_parts(tasks::read_predictions(path, task, task.profile("vek")).rows.at(0).error,
                 {"p.json", "options", "--data"});
  }
}

TEST(OptionlessTest, AQuestionOfMmmuThatIsOpenNeedsNone) {
  const TextRows table = {{"index", "question", "question_type", "answer", "prediction"},
                          {"1", "q", "multiple-choice", "A", "A"},
                          {"2", "q", "short-answer", "Tampa", "Tampa"},
                          {"3", "q", "open", "Tampa", "Tampa"}};
  const auto errors = errors_of(table, "mmmu", "p.tsv");
  expect_parts(errors.at(0), {"p.tsv:2: ", "options", "--data"});
  EXPECT_EQ(errors.at(1) + errors.at(2), "");
}

TEST(OptionlessTest, ATableWithColumnsForOptionsSaysThatARowHasNone) {
  const TextRows table = {{"index", "question", "A", "B", "answer", "prediction"},
                          {"1", "q", "x", "y", "A", "A"},
                          {"2", "q", "", "", "Tampa", "Tampa"}};
  for (const auto* const form : {"p.tsv", "p.xlsx", "p.jsonl"}) {
    const auto errors = errors_of(table, "mmmu", form);
    EXPECT_EQ(errors.at(0) + errors.at(1), "") << form;
  }
}

}  // namespace
}  // namespace mono::tests
