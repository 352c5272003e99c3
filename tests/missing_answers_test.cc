// Accepted answers that are not there: lost, kept back, or texts that pandas takes for missing.

#include <gtest/gtest.h>

#include "tasks/reader/reader.h"
#include "tests/expect_error.h"
#include "tests/prediction_tables.h"

namespace mono::tasks {
namespace {

using tests::errors_of;
using tests::expect_parts;
using Texts = std::vector<std::string>;

constexpr const char* kForms[] = {"p.tsv", "p.xlsx", "p.jsonl"};

TEST(MissingAnswersTest, AMissingAnswerIsAFailedRowInEveryForm) {
  const std::vector<Texts> table = {
      {"index", "question", "answer", "prediction"}, {"1", "q", "a", "a"}, {"2", "q", "", "a"}};
  for (const auto& [form, place] :
       {std::pair("p.tsv", "p.tsv:3: "), std::pair("p.xlsx", "p.xlsx: row 3: "),
        std::pair("p.jsonl", "p.jsonl:2: ")}) {
    const auto errors = errors_of(table, "gqa", form);
    ASSERT_EQ(errors.size(), 2U) << form;
    EXPECT_EQ(errors[0], "") << form;
    expect_parts(errors[1], {place, "'answer'", "missing"});
  }
}

TEST(MissingAnswersTest, ASplitWithoutAnyAnswerIsUnscoredAndNotWrong) {
  const std::vector<Texts> table = {
      {"index", "question", "A", "answer", "split", "category", "prediction"},
      {"1", "Is it?", "x", "", "test", "Artistic Text Recognition", "Yes"},
      {"2", "Is it?", "x", "", "test", "Artistic Text Recognition", "A"}};
  for (const auto* const name : {"mme", "pope", "gqa", "ocrbench", "textvqa", "scienceqa", "ai2d",
                                 "seed_image", "mmbench_en", "mmmu", "docvqa", "chartqa"}) {
    const auto& task = task_named(name);
    auto rows = tests::rows_of_table(table, name, "p.tsv");
    score_rows(task, task.profile("vek"), rows);
    EXPECT_EQ(tally(rows).unscored, 2) << name;
  }
}

TEST(MissingAnswersTest, ATextThatPandasTakesForMissingIsAnAnswerInEveryForm) {
  const auto& task = task_named("gqa");
  for (const auto* const text : {"None", "NA", "N/A", "nan", "null"}) {
    const std::vector<Texts> table = {{"index", "question", "answer", "prediction"},
                                      {"1", "q", "a", "a"},
                                      {"2", "q", text, "nan"}};
    for (const auto* const form : kForms) {
      auto rows = tests::rows_of_table(table, "gqa", form);
      score_rows(task, task.profile("vek"), rows);
      ASSERT_EQ(rows.at(1).error, "") << form << " " << text;
      EXPECT_EQ(rows[1].score->value, 1) << form << " " << text << ": VLMEvalKit sees `nan`";
    }
  }
}

TEST(MissingAnswersTest, TheOnlyAnswerOfASplitMayBeSuchAText) {
  const std::vector<Texts> table = {{"index", "question", "answer", "split", "prediction"},
                                    {"1", "q", "a", "x", "a"},
                                    {"2", "q", "None", "y", "nan"}};
  for (const auto* const name : {"gqa", "textvqa", "docvqa_val", "chartqa"}) {
    const auto& task = task_named(name);
    for (const auto* const form : kForms) {
      auto rows = tests::rows_of_table(table, name, form);
      score_rows(task, task.profile("vek"), rows);
      EXPECT_EQ(tally(rows).unscored, 0) << name << " " << form << ": it is not kept back";
    }
  }
}

TEST(MissingAnswersTest, TheOnlyAnswerOfASetMayBeSuchAText) {
  const std::vector<Texts> table = {{"index", "question", "answer", "prediction"},
                                    {"1", "q", "None", "nan"}};
  for (const auto* const name : {"gqa", "docvqa_val", "chartqa"}) {
    const auto& task = task_named(name);
    for (const auto* const form : kForms) {
      auto rows = tests::rows_of_table(table, name, form);
      score_rows(task, task.profile("vek"), rows);
      EXPECT_EQ(tally(rows).unscored, 0) << name << " " << form;
    }
  }
}

TEST(MissingAnswersTest, ASheetBesideTheDataMayHaveLostSuchAText) {
  const tests::ScratchFolder folder;
  const auto& task = task_named("gqa");
  const auto& profile = task.profile("vek");
  const auto data = folder.write("d.tsv", "index\tquestion\timage_path\tanswer\n1\tq\tp\tNone\n");
  const auto samples = read_samples(data, task, profile).samples;
  const std::vector<Texts> table = {{"index", "question", "answer", "prediction"},
                                    {"1", "q", "", "nan"}};
  for (const auto* const form : kForms) {
    auto rows = tests::rows_of_table(table, "gqa", form, samples);
    score_rows(task, profile, rows);
    ASSERT_TRUE(rows.at(0).score) << form << rows[0].error;
    EXPECT_EQ(rows[0].score->value, 1) << form;
    EXPECT_EQ(rows[0].score->state, ScoreState::kRead) << form;
  }
}

TEST(MissingAnswersTest, AnEmptyListIsNoAnswer) {
  const std::vector<Texts> table = {{"index", "question", "answer", "prediction"},
                                    {"1", "q", "['a']", "a"},
                                    {"2", "q", "[]", "a"}};
  for (const auto* const form : kForms) {
    expect_parts(errors_of(table, "docvqa_val", form).at(1), {form, "'answer'", "missing"});
  }
}

}  // namespace
}  // namespace mono::tasks
