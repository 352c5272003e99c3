#include "tasks/reader/predictions.h"

#include <gtest/gtest.h>

#include "tasks/registry.h"
#include "tests/expect_error.h"
#include "tests/task_cases.h"

namespace mono::tasks {
namespace {

using tests::expect_error;
using tests::ScratchFolder;
using Texts = std::vector<std::string>;

TEST(PredictionsTest, JoinsResponsesToTheirSamples) {
  const ScratchFolder folder;
  const auto& task = task_named("textvqa");
  const auto& profile = task.profile("vek");
  std::vector<std::shared_ptr<const Sample>> samples;
  for (const char* const id : {"1", "2"}) {
    samples.push_back(std::make_shared<const Sample>(Sample{.id = id}));
  }
  const auto path = folder.write("s.jsonl", R"({"id": "2", "response": "x"})"
                                            "\n");
  const auto set = read_predictions(path, task, profile, samples);
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_NE(set.rows[0].error, "");
  EXPECT_EQ(set.rows[1].response, "x");
  EXPECT_EQ(set.format, "samples-jsonl");
  expect_error([&] { read_predictions(path, task, profile); }, {"s.jsonl", "data"});
  samples.pop_back();
  expect_error([&] { read_predictions(path, task, profile, samples); }, {"no sample", "'2'"});
}

TEST(PredictionsTest, ReadsAVlmEvalKitTable) {
  const ScratchFolder folder;
  const auto path =
      folder.write("p.tsv", "index\tquestion\tanswer\tprediction\n1\tq\t['x']\t007\n2\tq\tx\tNA\n");
  const auto& task = task_named("textvqa");
  const auto set = read_predictions(path, task, task.profile("vek"));
  EXPECT_EQ(set.format, "vlmevalkit-tsv");
  EXPECT_EQ(set.rows.at(0).response, "007");
  EXPECT_EQ(set.rows.at(0).sample->targets, Texts{"x"});
}

TEST(PredictionsTest, NamesWhatIsWrong) {
  const ScratchFolder folder;
  const auto& task = task_named("textvqa");
  const auto read = [&](const std::string& text) {
    return [&folder, &task, text] {
      read_predictions(folder.write("p", text), task, task.profile("vek"));
    };
  };
  expect_error(read("index\tquestion\n1\tq\n"), {"p:1", "'prediction'"});
  expect_error(read(R"({"x": 1})"), {"p:1", "'prediction'"});
  expect_error(read("PK\x03\x04"), {"spreadsheet"});
  expect_error(read("[]"), {"at least one"});
  expect_error(read(R"([{"question": "q", "answer": "x"}])"), {"element 0", "'gt_answers'"});
  const std::string row = R"({"index": 1, "prediction": null})"
                          "\n";
  expect_error(read(R"({"question_id": "a", "prompt": "q", "text": "x"})"), {"annotations.json"});
}

TEST(PredictionsTest, APredictionThatStandsTwiceIsAFailedRow) {
  const ScratchFolder folder;
  const auto& task = task_named("textvqa");
  const std::string row = R"({"index": 1, "prediction": null})"
                          "\n";
  const auto set = read_predictions(folder.write("p", row + row), task, task.profile("vek"));
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_EQ(set.rows[0].error, "");
  EXPECT_NE(set.rows[1].error.find("row 2: id '1' was used before, in row 1"), std::string::npos);
}

}  // namespace
}  // namespace mono::tasks
