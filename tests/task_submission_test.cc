#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tasks/reader/json_lines.h"
#include "tasks/registry.h"
#include "tasks/submission/sheet.h"
#include "tests/expect_error.h"
#include "tests/golden_files.h"
#include "tests/task_cases.h"
#include "tests/xlsx_cells.h"

namespace mono::tasks {
namespace {

using nlohmann::json;
using tests::expect_error;
using tests::ScratchFolder;

Row row_of(const std::string& id, const std::string& response) {
  auto sample = std::make_shared<Sample>();
  sample->id = id;
  return {.sample = std::move(sample), .response = response};
}

json written(const Task& task, const std::vector<Row>& rows) {
  const ScratchFolder folder;
  const auto file = folder.path() / "answers.json";
  write_submission(task, task.profile(""), rows, file, /*is_partial=*/true);
  return read_json_file(file);
}

TEST(SubmissionTest, ListsAnswersByIntegerIds) {
  const std::vector<Row> rows = {row_of("7", "a \"b\"\n"), row_of("12", "")};
  EXPECT_EQ(written(task_named("docvqa"), rows),
            json::parse(R"([{"questionId": 7, "answer": "a \"b\"\n"},
                            {"questionId": 12, "answer": ""}])"));
  EXPECT_EQ(written(task_named("vqav2_testdev"), rows),
            json::parse(R"([{"question_id": 7, "answer": "a \"b\"\n"},
                            {"question_id": 12, "answer": ""}])"));
}

TEST(SubmissionTest, WantsEveryQuestionOfTheSplit) {
  const ScratchFolder folder;
  const auto file = folder.path() / "answers.json";
  const auto& task = task_named("infovqa");
  const auto write = [&](const std::vector<Row>& rows, bool is_partial) {
    return [&task, &file, rows, is_partial] {
      write_submission(task, task.profile("ivl"), rows, file, is_partial);
    };
  };
  expect_error(write({row_of("7", "a")}, false), {"infovqa", "3288", "got 1"});
  expect_error(write({}, true), {"at least one row"});
  expect_error(write({row_of("7", "a"), row_of("7", "b")}, true), {"'7'"});
  expect_error(write({row_of("q7", "a")}, true), {"'q7'", "integers"});
  auto failed = row_of("8", "");
  failed.error = "no picture";
  expect_error(write({row_of("7", "a"), failed}, true), {"1 of 2", "'8'", "no picture"});
  EXPECT_FALSE(std::filesystem::exists(file));
  std::vector<Row> all;
  all.reserve(3288);
  for (int id = 0; id < 3288; ++id) all.push_back(row_of(std::to_string(id), "a"));
  write(all, false)();
  EXPECT_EQ(read_json_file(file).size(), 3288U);
  expect_error(
      [&] {
        write_submission(task, task.profile("ivl"), all, folder.path() / "no" / "such" / "folder");
      },
      {"folder", "cannot be written"});
}

TEST(SubmissionTest, KnowsHowManyRowsAServerWants) {
  const ScratchFolder folder;
  for (const auto& [name, num_rows] :
       {std::pair("mmbench_en", "6666"), std::pair("mmbench_en_dev", "4329"),
        std::pair("ccbench", "2040"), std::pair("vqav2_testdev", "107394"),
        std::pair("docvqa", "5188"), std::pair("infovqa", "3288"), std::pair("mmvet", "218")}) {
    const auto& task = task_named(name);
    const std::vector<Row> one = {row_of("7", "a")};
    expect_error([&] { write_submission(task, task.profile(""), one, folder.path() / "f.xlsx"); },
                 {name, std::string("expected the split's ") + num_rows, "got 1", "partial"});
  }
}

TEST(SubmissionTest, NamesTheTasksThatHaveAServer) {
  try {
    submission_format(task_named("gqa"));
    FAIL();
  } catch (const model::UsageError& error) {
    EXPECT_NE(std::string(error.what()).find("docvqa"), std::string::npos) << error.what();
  }
}

Row table_row(int64_t index, const std::string& response) {
  auto sample = std::make_shared<Sample>();
  sample->id = std::to_string(index);
  sample->cells = {{"index", index},
                   {"question", std::string("q & <a>")},
                   {"hint", Cell()},
                   {"A", std::string("cat")},
                   {"B", 2.5},
                   {"C", Cell()},
                   {"D", true},
                   {"category", std::string("ocr")},
                   {"source", std::string("built")},
                   {"l2-category", std::string("x")},
                   {"comment", Cell()},
                   {"split", std::string("test")}};
  sample->choices = {{'A', "cat"}, {'B', "2.5"}, {'D', "True"}};
  return {.sample = std::move(sample), .response = response};
}

TEST(SubmissionTest, WritesOneLetterARowInInternVlsColumns) {
  const ScratchFolder folder;
  const auto file = folder.path() / "letters.xlsx";
  const auto& task = task_named("mmbench_en");
  const std::vector<Row> rows = {table_row(3, "A. cat"), table_row(1000003, "=the cat")};
  write_submission(task, task.profile("ivl"), rows, file, /*is_partial=*/true);
  const std::map<std::string, std::string> expected = {
      {"A1", "'index'"},   {"B1", "'question'"}, {"C1", "'A'"},          {"D1", "'B'"},
      {"E1", "'C'"},       {"F1", "'D'"},        {"G1", "'prediction'"}, {"H1", "'split'"},
      {"A2", "3"},         {"B2", "'q & <a>'"},  {"C2", "'cat'"},        {"D2", "2.5"},
      {"F2", "1"},         {"G2", "'A'"},        {"H2", "'test'"},       {"A3", "1000003"},
      {"B3", "'q & <a>'"}, {"C3", "'cat'"},      {"D3", "2.5"},          {"F3", "1"},
      {"G3", "'A'"},       {"H3", "'test'"}};
  EXPECT_EQ(tests::cells_of_xlsx(file), expected);
}

TEST(SubmissionTest, WritesWholeAnswersBehindAllColumnsForVlmEvalKit) {
  const ScratchFolder folder;
  const auto file = folder.path() / "answers.xlsx";
  const auto& task = task_named("mmbench_en");
  write_submission(task, task.profile("vek"), std::vector<Row>{table_row(3, "It is A.")}, file,
                   /*is_partial=*/true);
  const auto cells = tests::cells_of_xlsx(file);
  EXPECT_EQ(cells.at("M1"), "'prediction'");
  EXPECT_EQ(cells.at("M2"), "'It is A.'");
  EXPECT_EQ(cells.at("H2"), "'ocr'");
  EXPECT_FALSE(cells.contains("C2"));
}

TEST(SubmissionTest, CutsTextsAtWhatACellHolds) {
  const ScratchFolder folder;
  const auto file = folder.path() / "long.xlsx";
  std::string text;
  for (int i = 0; i < 40000; ++i) text += "é";
  write_xlsx(file, {.columns = {"a"}, .rows = {{text}}});
  EXPECT_EQ(tests::cells_of_xlsx(file).at("A2").size(), 2 * 32767 + 2U);
  expect_error([&] { write_xlsx(folder.path() / "no" / "x.xlsx", {.columns = {"a"}}); },
               {"x.xlsx"});
}

/// The columns of InternVL's sheets as the reference wrote them; those it drops, put back.
TEST(SubmissionTest, HasTheReferencesColumns) {
  const auto folder = tests::golden_root() / "scores";
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << folder << " is absent";
  int num_files = 0;
  for (const auto& path : tests::golden_files(folder, ".ivl.expected.json")) {
    const auto table = read_json_file(path);
    if (!table.contains("submission_columns")) continue;
    ++num_files;
    const auto expected = table["submission_columns"].get<std::vector<std::string>>();
    auto columns = expected;
    std::erase(columns, "prediction");
    columns.insert(columns.begin() + 2, "category");
    columns.emplace_back("image");
    const bool is_ccbench = tests::parse_golden_name(path).benchmark == "CCBench";
    for (const auto& format : submission_formats()) {
      if (format.task != (is_ccbench ? "ccbench" : "mmbench_en_dev")) continue;
      EXPECT_EQ(internvl_columns(format, columns), expected) << path;
    }
    expect_error([&] { internvl_columns(submission_formats().back(), {}); }, {"8", "got 0"});
  }
  if (num_files == 0) GTEST_SKIP() << "no columns in " << folder;
}

}  // namespace
}  // namespace mono::tasks
