#include <gtest/gtest.h>

#include "tasks/reader/choice_layouts.h"
#include "tasks/reader/predictions.h"
#include "tasks/reader/reader.h"
#include "tasks/registry.h"
#include "tasks/text/list_literal.h"
#include "tests/expect_error.h"
#include "tests/task_cases.h"

namespace mono::tasks {
namespace {

using nlohmann::json;
using tests::expect_error;
using tests::ScratchFolder;
using Texts = std::vector<std::string>;

json in_columns(const std::string& text) {
  auto row = json::parse(text);
  use_table_columns(row, "f:1");
  return row;
}

TEST(ChoiceLayoutsTest, GivesOptionsLettersAndAnswersTheirLetter) {
  EXPECT_EQ(in_columns(R"({"question": "q", "choices": ["x", "y"], "answer": 1, "hint": ""})"),
            json::parse(R"({"question": "q", "A": "x", "B": "y", "answer": "B", "hint": null})"));
  EXPECT_EQ(in_columns(R"({"question": "q", "options": "['x', \"it's\"]", "answer": "B"})"),
            json::parse(R"({"question": "q", "A": "x", "B": "it's", "answer": "B"})"));
  EXPECT_EQ(in_columns(R"({"options": ["x", "y"], "answer": "1"})"),
            json::parse(R"({"A": "x", "B": "y", "answer": "B"})"));
  EXPECT_EQ(in_columns(R"({"options": [], "answer": ["24/7", "it's"]})"),
            json::parse(R"({"answer": "['24/7', \"it's\"]"})"));
  EXPECT_EQ(in_columns(R"({"options": [], "answer": "7"})"), json::parse(R"({"answer": "7"})"));
  EXPECT_EQ(in_columns(R"({"choice_a": "x", "choice_b": "y", "question_type_id": 5})"),
            json::parse(R"({"A": "x", "B": "y", "category": "Instances Counting"})"));
}

TEST(ChoiceLayoutsTest, LeavesOtherRowsAsTheyAre) {
  for (const std::string text :
       {R"({"question": "q", "answer": 3})", R"({"choices": ["1", "2"], "answer": "2"})",
        R"({"question": "Answer", "answers": ["x"]})", R"({"choices": null, "answer": 3})"}) {
    EXPECT_EQ(in_columns(text), json::parse(text));
  }
}

TEST(ChoiceLayoutsTest, TakesAFinishedQuestionApart) {
  const std::string end = "\\nAnswer with the option's letter from the given choices directly.";
  EXPECT_EQ(in_columns(R"({"text": "q\nA. x\nB. y\nz)" + end + R"("})"),
            json::parse(R"({"question": "q", "A": "x", "B": "y\nz"})"));
  EXPECT_EQ(in_columns(R"({"text": "q)" + end + R"("})"),
            json::parse(R"({"question": "q)" + end + R"("})"));
  EXPECT_EQ(in_columns(R"({"text": "q\nA. x"})"), json::parse(R"({"question": "q\nA. x"})"));
}

TEST(ChoiceLayoutsTest, NamesWhatIsWrong) {
  const auto reading = [](const std::string& text) { return [text] { in_columns(text); }; };
  expect_error(reading(R"({"choices": ["x"], "answer": 1})"), {"f:1", "index 1", "1 options"});
  expect_error(reading(R"({"options": [1], "answer": "A"})"), {"f:1", "option A", "number"});
  expect_error(reading(R"({"options": "x, y"})"), {"f:1", "list of options"});
  expect_error(reading(R"({"options": {"B": "x"}})"), {"f:1", "expected option A, got 'B'"});
  expect_error(reading(R"({"question_type_id": 13})"), {"f:1", "1 to 12, got 13"});
  json many = {{"options", Texts(27, "x")}};
  expect_error([&] { use_table_columns(many, "f:1"); }, {"f:1", "at most 26"});
}

TEST(ListLiteralTest, IsReadBack) {
  for (const Texts& texts : {Texts{}, Texts{"x"}, Texts{"it's", "a\\b\n\t\r", "\"'", "é"}}) {
    EXPECT_EQ(parse_list_literal(list_literal(texts)), texts);
  }
  EXPECT_EQ(list_literal({"24/7", "3.429"}), "['24/7', '3.429']");
}

TEST(ChoiceReaderTest, ReadsScienceQaRowsWithoutIds) {
  const ScratchFolder folder;
  const auto path = folder.write(
      "scienceqa_test_img.jsonl",
      R"({"image": "1.png", "hint": "h", "question": "q", "choices": ["x", "y"], "answer": 1})"
      "\n"
      R"({"image": "2.png", "hint": "", "question": "r", "choices": ["x", "y"], "answer": 0})"
      "\n");
  const auto& task = task_named("scienceqa");
  const auto set = read_samples(path, task, task.profile("ivl"));
  ASSERT_EQ(set.samples.size(), 2U);
  EXPECT_EQ(set.samples[1]->id, "2") << "VLMEvalKit's table counts from 1";
  EXPECT_EQ(set.samples[0]->hint, "h");
  EXPECT_EQ(set.samples[1]->hint, std::nullopt);
  EXPECT_EQ(set.samples[0]->targets, Texts{"B"});
  EXPECT_EQ(set.samples[0]->choices.at(1).text, "y");
}

TEST(ChoiceReaderTest, ReadsMmmuRowsWithSeveralPictures) {
  const ScratchFolder folder;
  const auto path = folder.write("MMMU_validation.jsonl",
                                 R"({"id": "validation_Art_1", "question": "q", "options": "[]",)"
                                 R"( "answer": "['x', 'y']", "question_type": "open",)"
                                 R"( "image_1": "a.png", "image_2": null, "image_3": "c.png"})"
                                 "\n");
  const auto& task = task_named("mmmu");
  const auto set = read_samples(path, task, task.profile("ivl"));
  const auto& sample = *set.samples.at(0);
  EXPECT_EQ(cell_text(*sample.cell("id")), "validation_Art_1");
  EXPECT_EQ(sample.targets, (Texts{"x", "y"}));
  ASSERT_EQ(sample.images.size(), 2U);
  EXPECT_EQ(sample.images[1].source.path().filename(), "c.png");
  const auto request = task.request(sample, task.profile("ivl"), Registration::kV20);
  EXPECT_TRUE(request.images[0].doubles_size);
  EXPECT_EQ(request.images[0].max_tiles, 6);
  EXPECT_FALSE(request.images[1].doubles_size);
  EXPECT_EQ(request.images[1].max_tiles, 1);
  EXPECT_TRUE(request.images[1].keeps_stored_mode);
}

TEST(ChoiceReaderTest, TakesKindsAndAnswersFromSeedBenchsOwnFile) {
  const ScratchFolder folder;
  folder.write("SEED-Bench.json",
               R"({"questions": [{"question_id": "7", "question_type_id": 8, "answer": "C"}]})");
  const auto path =
      folder.write("seed.jsonl", R"({"image": "1.png", "text": "q", "question_id": "7",)"
                                 R"( "answer": "A"})"
                                 "\n");
  const auto& task = task_named("seed");
  const auto set = read_samples(path, task, task.profile("ivl"));
  EXPECT_EQ(set.samples.at(0)->category, "Visual Reasoning");
  EXPECT_EQ(set.samples.at(0)->targets, Texts{"C"});
  EXPECT_EQ(set.samples.at(0)->question, "q");
}

TEST(ChoicePredictionsTest, ReadsSeedBenchsLeaderboardFile) {
  const ScratchFolder folder;
  const auto path =
      folder.write("p.json", R"({"question_id": "7", "prediction": "A", "gt_answer": "B"},)"
                             "\n"
                             R"({"question_id": "7", "prediction": "B", "gt_answer": "B"})");
  const auto& task = task_named("seed");
  const auto set = read_predictions(path, task, task.profile("ivl"));
  EXPECT_EQ(set.format, "seedbench-lines");
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_EQ(set.rows[1].sample->id, "7#2");
  EXPECT_EQ(set.rows[1].response, "B");
  EXPECT_EQ(set.rows[0].sample->targets, Texts{"B"});
}

TEST(ChoicePredictionsTest, ALeaderboardFileThatEndsWithinALineHasAFailedRow) {
  const ScratchFolder folder;
  const auto path = folder.write(
      "p.json", "{\"question_id\": \"7\", \"prediction\": \"A\", \"gt_answer\": \"B\"},\n{\"ques");
  const auto& task = task_named("seed");
  const auto set = read_predictions(path, task, task.profile("ivl"));
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_EQ(set.rows[0].error, "");
  EXPECT_NE(set.rows[1].error.find("p.json:2"), std::string::npos) << set.rows[1].error;
}

TEST(ChoicePredictionsTest, ALeaderboardLineThatCannotBeUsedFailsAlone) {
  const ScratchFolder folder;
  const std::string good = R"({"question_id": "7", "prediction": "A", "gt_answer": "B"})";
  const auto& task = task_named("seed");
  const auto with_line = [&](const std::string& bad) { return good + ",\n" + bad + "\n" + good; };
  for (const auto* const bad : {R"({"question_id": "8", "prediction": null, "gt_answer": "B"},)",
                                R"({"question_id": "8", "prediction": "A"},)", "{", "5,"}) {
    const auto path = folder.write("p.json", with_line(bad));
    const auto set = read_predictions(path, task, task.profile("ivl"));
    ASSERT_EQ(set.rows.size(), 3U) << bad;
    EXPECT_EQ(set.rows[0].error + set.rows[2].error, "") << bad;
    EXPECT_NE(set.rows[1].error.find("p.json:2: "), std::string::npos) << set.rows[1].error;
  }
}

TEST(ChoicePredictionsTest, ReadsMmmusFolderAndAnswers) {
  const ScratchFolder folder;
  std::filesystem::create_directories(folder.path() / "out" / "Music");
  std::filesystem::create_directories(folder.path() / "out" / "Art");
  folder.write("out/Music/output.json",
               R"([{"id": "validation_Music_1", "question_type": "short-answer", "answer": "5",)"
               R"( "response": "it is 5"}])");
  folder.write("out/Art/output.json",
               R"([{"id": "validation_Art_1", "question_type": "multiple-choice", "answer": "B",)"
               R"( "all_choices": ["A", "B"], "index2ans": {"A": "x", "B": "y"},)"
               R"( "response": "y, so B"}])");
  const auto& task = task_named("mmmu");
  const auto& profile = task.profile("official");
  auto set = read_predictions(folder.path() / "out", task, profile);
  EXPECT_EQ(set.format, "mmmu-folder");
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_EQ(set.rows[0].sample->id, "validation_Art_1");
  score_rows(task, profile, set.rows);
  EXPECT_EQ(task.metrics(set.rows, profile).front().value, 1);

  const auto answers = folder.write("out/answers.json", R"({"validation_Art_1": "A"})");
  expect_error([&] { read_predictions(answers, task, profile); }, {"answer_dict_val.json"});
  folder.write(
      "answer_dict_val.json",
      R"({"validation_Art_1": {"question_type": "multiple-choice", "ground_truth": "A"}})");
  set = read_predictions(answers, task, profile);
  EXPECT_EQ(set.format, "mmmu-answers");
  score_rows(task, profile, set.rows);
  EXPECT_EQ(set.rows.at(0).score->value, 1);
  folder.write("out/answers.json", R"({"validation_Art_2": "A"})");
  expect_error([&] { read_predictions(answers, task, profile); }, {"validation_Art_2"});
  expect_error([&] { read_predictions(folder.path() / "out" / "Art", task, profile); },
               {"output.json", "none"});
}

}  // namespace
}  // namespace mono::tasks
