// Predictions that are null: no text, unless VLMEvalKit's table has an empty cell there.

#include <gtest/gtest.h>

#include <tuple>

#include "tasks/reader/predictions.h"
#include "tasks/registry.h"
#include "tests/expect_error.h"
#include "tests/temporary_folder.h"

namespace mono::tasks {
namespace {

using tests::expect_parts;
using tests::TemporaryFolder;

std::vector<Row> rows_of(const std::string& task_name, const std::string& profile,
                         const std::string& text) {
  const TemporaryFolder folder;
  const auto& task = task_named(task_name);
  return read_predictions(folder.write("p.json", text), task, task.profile(profile)).rows;
}

TEST(NullPredictionsTest, FailInEveryFormat) {
  for (const auto& [task, good, bad] :
       {std::tuple("gqa", R"({"questionId": 1, "answer": "dog", "annotation": "dog"})",
                   R"({"questionId": 2, "answer": null, "annotation": "dog"})"),
        {"scienceqa", R"({"answer": "A", "gt_answers": "A", "image_path": ""})",
         R"({"answer": null, "gt_answers": "A", "image_path": ""})"},
        {"gqa",
         R"({"doc_id": 0, "doc": {"index": 1, "question": "q", "answer": "x"}, "resps": [["x"]],)"
         R"( "filtered_resps": ["x"]})",
         R"({"doc_id": 1, "doc": {"index": 2, "question": "q", "answer": "x"}, "resps": [[null]],)"
         R"( "filtered_resps": [null]})"},
        {"gqa", R"({"id": 1, "question": "q", "answer": "x", "prediction": "x"})",
         R"({"id": 2, "question": "q", "answer": "x", "prediction": null})"},
        {"gqa", R"({"question_id": 1, "question": "q", "answer": "x", "prediction": "x", "id": 1})",
         R"({"question_id": 2, "question": "q", "answer": "x", "prediction": null, "id": 2})"}}) {
    SCOPED_TRACE(bad);
    const auto rows = rows_of(task, "ivl", std::string(good) + "\n" + bad + "\n");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].error, "");
    expect_parts(rows[1].error, {"p.json:2: ", "expected a text", "got null"});
  }
}

TEST(NullPredictionsTest, AreEmptyCellsOfVlmEvalKitsTables) {
  const std::string line = R"({"index": 1, "question": "q", "answer": "x", "prediction": null})";
  for (const auto* const profile : {"ivl", "vek", "vek-2024"}) {
    for (const auto& text : {line + "\n", "[" + line + "]"}) {
      const auto rows = rows_of("gqa", profile, text);
      EXPECT_EQ(rows.at(0).error, "");
      EXPECT_EQ(rows.at(0).response, "nan");
    }
  }
}

}  // namespace
}  // namespace mono::tasks
