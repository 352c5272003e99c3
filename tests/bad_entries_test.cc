// Entries of files that are one JSON object, or lists, and cannot be used: one failed row each, by
// its file and name.

#include <gtest/gtest.h>

#include "tasks/reader/predictions.h"
#include "tasks/registry.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace mono::tasks {
namespace {

using tests::expect_parts;
using tests::TemporaryFolder;
using Texts = std::vector<std::string>;

std::vector<Row> read(const std::filesystem::path& path, const std::string& task_name) {
  const auto& task = task_named(task_name);
  const auto& profile = task.profile("");
  auto rows = read_predictions(path, task, profile).rows;
  score_rows(task, profile, rows);
  return rows;
}

/// Expects one failed row of three, by its name.
void expect_one_failed(const std::vector<Row>& rows, const Texts& parts) {
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(tally(rows).failed, 1);
  for (const auto& row : rows) {
    if (!row.error.empty()) expect_parts(row.error, parts);
  }
}

std::string joined_entries(const Texts& entries, char open, char close) {
  std::string text(1, open);
  for (const auto& entry : entries) text += (text.size() > 1 ? ", " : "") + entry;
  return text + close;
}

/// Puts a bad entry in the place of each good one.
void expect_one_failed_row(const TemporaryFolder& folder, const std::string& task,
                           const Texts& good, size_t place, const std::string& bad) {
  SCOPED_TRACE(task + ": " + bad);
  auto entries = good;
  entries[place] = bad;
  const auto name = bad.substr(1, bad.find('"', 1) - 1);
  expect_one_failed(read(folder.write("p.json", joined_entries(entries, '{', '}')), task),
                    {"p.json", name});
}

TEST(BadEntriesTest, AnAnswerOfMmmuThatCannotBeUsedFailsAlone) {
  const TemporaryFolder folder;
  Texts good;
  Texts answers;
  for (int i = 1; i <= 3; ++i) {
    const auto id = R"("validation_Art_)" + std::to_string(i);
    good.push_back(id + R"(": "A")");
    answers.push_back(id + R"(": {"question_type": "multiple-choice", "ground_truth": "A"})");
  }
  folder.write("answer_dict_val.json", joined_entries(answers, '{', '}'));
  for (const std::string value : {"null", "3", "[]", "{}"}) {
    for (const size_t place : {0, 2}) {
      const auto id = good[place].substr(0, good[place].find(':') + 2);
      expect_one_failed_row(folder, "mmmu", good, place, id + value);
    }
  }
  expect_one_failed_row(folder, "mmmu", good, 1, R"("validation_Foo_1": "A")");
  expect_one_failed_row(folder, "mmmu", good, 1, good[0]);
}

TEST(BadEntriesTest, AnElementOfMmmusFolderThatCannotBeUsedFailsAlone) {
  const TemporaryFolder folder;
  const auto element = [](int i, const std::string& response) {
    return R"({"id": "validation_Art_)" + std::to_string(i) +
           R"(", "question_type": "multiple-choice", "answer": "A", "index2ans": {"A": "x", "B": "y"})" +
           response + "}";
  };
  const std::string right = R"(, "response": "A")";
  for (const auto& bad : {element(1, ""), element(1, R"(, "response": null)"), std::string("null"),
                          std::string("7"), element(2, right)}) {
    SCOPED_TRACE(bad);
    std::filesystem::create_directories(folder.path() / "Art");
    folder.write("Art/output.json",
                 joined_entries({bad, element(2, right), element(3, right)}, '[', ']'));
    expect_one_failed(read(folder.path(), "mmmu"), {"output.json: element "});
  }
}

TEST(BadEntriesTest, AnEntryOfMmVetThatCannotBeUsedFailsAlone) {
  const TemporaryFolder folder;
  Texts questions;
  Texts responses;
  Texts grades;
  for (int i = 0; i < 3; ++i) {
    const auto id = R"("v1_)" + std::to_string(i) + "\": ";
    questions.push_back(id + R"({"question": "q", "answer": "a", "capability": ["rec"]})");
    responses.push_back(id + R"("a")");
    grades.push_back(id + R"({"model": ["m"], "score": [0.5]})");
  }
  folder.write("mm-vet.json", joined_entries(questions, '{', '}'));
  for (const std::string value : {"null", "3", "[]"}) {
    expect_one_failed_row(folder, "mmvet", responses, 1, R"("v1_1": )" + value);
  }
  for (const std::string value :
       {"null", "{}", R"({"score": null})", R"({"score": [null]})", R"({"score": 1})"}) {
    expect_one_failed_row(folder, "mmvet", grades, 1, R"("v1_1": )" + value);
  }
  for (auto entries : {responses, grades}) {
    entries.pop_back();
    const auto rows = read(folder.write("p.json", joined_entries(entries, '{', '}')), "mmvet");
    expect_one_failed(rows, {"p.json", "v1_2"});
  }
}

TEST(BadEntriesTest, AProblemOfMathVistaThatCannotBeUsedFailsAlone) {
  const TemporaryFolder folder;
  const auto problem = [](int i, const std::string& response) {
    const auto id = std::to_string(i);
    return "\"" + id + R"(": {"pid": ")" + id +
           R"(", "question": "q", "question_type": "free_form", "answer_type": "integer",)"
           R"( "answer": "5", "choices": null, "metadata": {"skills": ["x"]})" +
           response + "}";
  };
  const std::string right = R"(, "response": "5")";
  const Texts good = {problem(1, right), problem(2, right), problem(3, right)};
  for (const auto& bad : {problem(2, ""), problem(2, R"(, "response": null)"),
                          std::string(R"("2": null)"), std::string(R"("2": 7)"), good[0]}) {
    expect_one_failed_row(folder, "mathvista", good, 1, bad);
  }
}

std::shared_ptr<const Sample> sample(const std::string& id) {
  return std::make_shared<const Sample>(Sample{.id = id, .question = "q", .targets = {"dog"}});
}

TEST(BadEntriesTest, AnElementOfInternVlsListFailsAloneWhereverItStands) {
  const TemporaryFolder folder;
  const auto& task = task_named("gqa");
  const std::vector<std::shared_ptr<const Sample>> samples = {sample("1"), sample("2"),
                                                              sample("3")};
  const auto element = [](size_t i, const std::string& more) {
    return R"({"questionId": ")" + std::to_string(i + 1) + "\"" + more + "}";
  };
  const std::string right = R"(, "prediction": "dog")";
  for (const size_t place : {0, 1, 2}) {
    for (const auto& bad : {element(place, ""), element(place, R"(, "prediction": ["dog"])"),
                            element((place + 1) % 3, right), std::string("null")}) {
      SCOPED_TRACE(bad + " at " + std::to_string(place));
      Texts list = {element(0, right), element(1, right), element(2, right)};
      list[place] = bad;
      const auto path = folder.write("p.json", joined_entries(list, '[', ']'));
      auto rows = read_predictions(path, task, task.profile("ivl"), samples).rows;
      score_rows(task, task.profile("ivl"), rows);
      const bool is_repeated = bad.find(right) != bad.npos;
      ASSERT_EQ(rows.size(), is_repeated ? 4U : 3U);
      EXPECT_EQ(tally(rows).failed, is_repeated ? 2 : 1);
    }
  }
}

TEST(BadEntriesTest, ARowOfOtherHarnessesThatIsRepeatedFailsAlone) {
  const TemporaryFolder folder;
  const auto& task = task_named("gqa");
  const std::vector<std::shared_ptr<const Sample>> samples = {sample("1"), sample("2")};
  const auto line = [](int doc) {
    return R"({"doc_id": )" + std::to_string(doc) +
           R"(, "input": "q", "target": "dog", "filtered_resps": ["dog"]})" + "\n";
  };
  const auto path = folder.write("p.jsonl", line(0) + line(1) + line(1));
  const auto rows = read_predictions(path, task, task.profile("ivl"), samples).rows;
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[0].error + rows[1].error, "");
  expect_parts(rows[2].error, {"p.jsonl:3", "used before", "p.jsonl:2"});
}

}  // namespace
}  // namespace mono::tasks
