// Predictions that hold their questions and accepted answers, written as another tool's file and
// read back without data: the same scores, or a refusal.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "evaluator/export/export.h"
#include "tasks/reader/predictions.h"
#include "tests/expect_error.h"
#include "tests/property_rows.h"

namespace mono::evaluator {
namespace {

using tasks::Profile;
using tasks::Row;
using tasks::Task;
using tests::TemporaryFolder;

/// The rows' verdicts, sorted: a file a task of MME has them in another order.
std::vector<std::string> verdicts(const Task& task, const Profile& profile, std::vector<Row> rows) {
  tasks::score_rows(task, profile, rows);
  std::vector<std::string> result;
  result.reserve(rows.size());
  for (const auto& row : rows) {
    result.push_back(row.score ? std::to_string(row.score->value) + " " + row.score->answer
                               : "failed: " + row.error);
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::string lone_table(const Task& task) {
  constexpr int kNumRows = 4;
  auto rows = tests::copied_rows(task, kNumRows);
  int i = 0;
  for (auto& row : rows) {
    row.erase("image");
    row["prediction"] = i++ % 2 == 0 ? row.value("answer", "x") : "another";
  }
  return tests::tsv_text(rows);
}

/// What the file gives when it is read alone; nothing where it holds responses alone.
std::optional<std::vector<std::string>> read_back(const std::filesystem::path& path,
                                                  const Task& task, const Profile& profile) {
  try {
    const auto set = tasks::read_predictions(path, task, profile);
    return verdicts(task, tasks::scoring_profile(profile, set), set.rows);
  } catch (const model::SetupError& error) {
    const std::string_view why = error.what();
    for (const auto* const part : {"data of", "answer_dict_val.json", "mm-vet.json"}) {
      if (why.find(part) != why.npos) return std::nullopt;
    }
    throw;
  }
}

/// InternVL's files hold no options, which VLMEvalKit's rules read a letter by.
bool lacks_options(const std::string& format, const Profile& profile,
                   const std::vector<Row>& rows) {
  return format == "internvl-json" && profile.message.pipeline != tasks::Pipeline::kInternVl &&
         !rows.front().sample->choices.empty();
}

TEST(LoneExportTest, ComesBackWithTheSameScores) {
  const TemporaryFolder folder;
  for (const auto* const task : tasks::all_tasks()) {
    const auto source = folder.write("source.tsv", lone_table(*task));
    for (const auto& profile : task->profiles()) {
      const auto rows = tasks::read_predictions(source, *task, profile).rows;
      for (const auto& format : export_formats()) {
        if (lacks_options(format, profile, rows)) continue;
        SCOPED_TRACE(std::string(task->name()) + "." + profile.name + " as " + format);
        const auto path = folder.path() / "export";
        std::filesystem::remove_all(path);
        try {
          write_predictions(format, path, rows, *task, profile);
        } catch (const std::runtime_error&) {
          continue;
        }
        const auto back = read_back(path, *task, profile);
        if (!back) continue;
        EXPECT_EQ(*back, verdicts(*task, profile, rows));
      }
    }
  }
}

/// Reads a file of predictions and writes it in another format.
std::filesystem::path converted(const TemporaryFolder& folder, const std::filesystem::path& source,
                                const std::string& task_name, const std::string& format) {
  const auto& task = tasks::task_named(task_name);
  const auto& profile = task.profile("");
  auto path = folder.path() / ("export." + format);
  const auto set = tasks::read_predictions(source, task, profile);
  write_predictions(format, path, set.rows, task, profile);
  return path;
}

TEST(LoneExportTest, QuestionsAndAnswersOutsideOfCellsAreWrittenToo) {
  const TemporaryFolder folder;
  const auto& task = tasks::task_named("docvqa_val");
  const auto& profile = task.profile("");
  const auto source =
      folder.write("p.json", R"([{"question": "q", "answer": "x", "gt_answers": ["x", "y"]},)"
                             "\n"
                             R"({"question": "r", "answer": "z", "gt_answers": ["['z']"]}])");
  const auto expected = tasks::read_predictions(source, task, profile).rows;
  for (const auto* const format : {"vlmevalkit-tsv", "vlmevalkit-xlsx", "lm-eval"}) {
    const auto path = converted(folder, source, "docvqa_val", format);
    const auto set = tasks::read_predictions(path, task, profile);
    ASSERT_EQ(set.rows.size(), 2U) << format;
    EXPECT_EQ(set.rows[0].sample->question, "q") << format;
    EXPECT_EQ(verdicts(task, tasks::scoring_profile(profile, set), set.rows),
              verdicts(task, profile, expected))
        << format;
  }
}

TEST(LoneExportTest, EachRowOfChartQaKeepsItsHalf) {
  const TemporaryFolder folder;
  const auto halves = folder.write("halves.tsv",
                                   "index\tquestion\tanswer\tsplit\tprediction\n"
                                   "1\tq\t5\ttest_human\t5\n2\tq\t5\ttest_augmented\t5\n");
  const auto& task = tasks::task_named("chartqa");
  for (const auto* const format : {"internvl-json", "vlmevalkit-tsv", "lm-eval"}) {
    const auto path = converted(folder, halves, "chartqa", format);
    const auto rows = tasks::read_predictions(path, task, task.profile("")).rows;
    ASSERT_EQ(rows.size(), 2U) << format;
    EXPECT_EQ(rows[0].sample->split, "test_human") << format;
    EXPECT_EQ(rows[1].sample->split, "test_augmented") << format;
  }
}

TEST(LoneExportTest, ASecondAnswerToAQuestionOfSeedBenchKeepsItsOwnId) {
  const TemporaryFolder folder;
  const std::string line = R"({"question_id": "7", "prediction": "A", "gt_answer": "A"})";
  const auto source = folder.write("p.json", line + ",\n" + line);
  const auto& task = tasks::task_named("seed_image");
  for (const auto* const format : {"vlmevalkit-tsv", "lm-eval"}) {
    const auto path = converted(folder, source, "seed_image", format);
    const auto rows = tasks::read_predictions(path, task, task.profile("")).rows;
    ASSERT_EQ(rows.size(), 2U) << format;
    EXPECT_EQ(rows[1].sample->id + rows[1].error, "7#2") << format;
  }
}

TEST(LoneExportTest, AResponseInMmesFolderHasNoNewlines) {
  const TemporaryFolder folder;
  const std::string rest = R"("category": "color", "image_path": "a.jpg", "question": "q", )"
                           R"("answer": "Yes", "prediction": "y\nes\n."})";
  const auto source =
      folder.write("p.jsonl", R"({"index": 1, )" + rest + "\n" + R"({"index": 2, )" + rest);
  const auto path = converted(folder, source, "mme", "internvl-json");
  std::ifstream file(path / "color.txt");
  std::string line;
  std::getline(file, line);
  EXPECT_TRUE(line.ends_with("\tYes\tyes.")) << line;
}

TEST(LoneExportTest, WhatAFormatHasNoPlaceForIsRefused) {
  const TemporaryFolder folder;
  folder.write("mm-vet.json",
               R"({"v1_0": {"question": "q", "answer": "a", "capability": ["rec"]}})");
  const auto grades = folder.write("grades.json", R"({"v1_0": {"score": [0.5]}})");
  const auto problems = folder.write(
      "problems.json", R"({"1": {"pid": "1", "question": "q", "question_type": "free_form",)"
                       R"( "answer_type": "integer", "answer": "5", "choices": null,)"
                       R"( "metadata": {}, "response": "it is 5", "extraction": "5"}})");
  for (const auto& format : export_formats()) {
    tests::expect_error([&] { converted(folder, grades, "mmvet", format); }, {"no responses"});
    if (format == "internvl-json") continue;
    tests::expect_error([&] { converted(folder, problems, "mathvista", format); },
                        {"extractions", "internvl-json"});
  }
  const auto& task = tasks::task_named("mathvista");
  const auto set = tasks::read_predictions(
      converted(folder, problems, "mathvista", "internvl-json"), task, task.profile(""));
  EXPECT_EQ(set.rows.at(0).stored_verdicts, std::vector<std::string>{"5"});
}

}  // namespace
}  // namespace mono::evaluator
