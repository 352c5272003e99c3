// Accepted answers that a benchmark cannot have: the rows fail, for no answer to them is right.

#include <gtest/gtest.h>

#include "tests/expect_error.h"
#include "tests/prediction_tables.h"

namespace mono::tests {
namespace {

constexpr const char* kForms[] = {"p.tsv", "p.xlsx", "p.jsonl"};

/// Two rows a picture, one for each accepted answer.
TextRows yes_no_table(const std::vector<std::string>& answers) {
  TextRows table = {{"index", "question", "category", "image_path", "answer", "prediction"}};
  for (size_t i = 0; i < answers.size(); ++i) {
    const auto number = std::to_string(i);
    table.push_back({"VD_illusion_1_0_" + number + "_0", "q", "color",
                     std::to_string(i / 2) + ".jpg", answers[i], "Yes"});
  }
  return table;
}

TEST(GoldAnswersTest, WhatIsNeitherYesNorNoFails) {
  for (const auto* const task : {"mme", "pope", "hallusionbench"}) {
    for (const auto* const form : kForms) {
      SCOPED_TRACE(std::string(task) + " " + form);
      const auto errors = errors_of(yes_no_table({"Yes", "NO", "Maybe", "no"}), task, form);
      ASSERT_EQ(errors.size(), 4U);
      EXPECT_EQ(errors[0] + errors[1] + errors[3], "");
      expect_parts(errors[2], {form, "'answer'", "Yes or No", "'Maybe'"});
    }
  }
}

TEST(GoldAnswersTest, ItDoesSoInInternVlsProfiles) {
  const ScratchFolder folder;
  const auto path = write_table(folder.path(), yes_no_table({"Maybe", "No"}), "p.tsv");
  for (const auto* const name : {"mme", "pope"}) {
    const auto& task = tasks::task_named(name);
    const auto rows = tasks::read_predictions(path, task, task.profile("ivl")).rows;
    expect_parts(rows.at(0).error, {"Yes or No", "'Maybe'"});
    EXPECT_EQ(rows.at(1).error, "") << name;
  }
}

TEST(GoldAnswersTest, WhatVlmEvalKitCannotMatchIsSaid) {
  const ScratchFolder folder;
  const auto path = write_table(folder.path(), yes_no_table({"yes", "No", "NO", "Yes"}), "p.tsv");
  for (const auto* const name : {"mme", "pope", "hallusionbench"}) {
    const auto& task = tasks::task_named(name);
    for (const auto& profile : task.profiles()) {
      const auto rows = tasks::read_predictions(path, task, profile).rows;
      const auto warnings = task.warnings(rows, profile);
      const bool is_vlmevalkit = profile.name.starts_with("vek");
      ASSERT_EQ(warnings.size(), is_vlmevalkit ? 1U : 0U) << name << "." << profile.name;
      if (is_vlmevalkit) expect_parts(warnings[0], {"2 rows", "p.tsv:2", "'yes'"});
    }
  }
}

TEST(GoldAnswersTest, OneReferenceIsTooFewForTheSoftAccuracy) {
  const TextRows table = {{"index", "question", "answer", "prediction"},
                          {"1", "q", "dog", "dog"},
                          {"2", "q", "['dog']", "dog"},
                          {"3", "q", "['dog', 'cat']", "dog"}};
  for (const auto* const form : kForms) {
    const auto errors = errors_of(table, "textvqa", form);
    ASSERT_EQ(errors.size(), 3U);
    expect_parts(errors[0], {form, "'answer'", "at least 2 references, got 1"});
    expect_parts(errors[1], {form, "'answer'", "at least 2 references, got 1"});
    EXPECT_EQ(errors[2], "");
  }
}

}  // namespace
}  // namespace mono::tests
