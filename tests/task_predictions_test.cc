#include "tasks/reader/predictions.h"

#include <gtest/gtest.h>

#include "tasks/registry.h"
#include "tests/expect_error.h"
#include "tests/prediction_tables.h"
#include "tests/task_cases.h"

namespace mono::tasks {
namespace {

using tests::errors_of;
using tests::expect_error;
using tests::expect_parts;
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

/// The verdicts on textvqa's predictions without the data, each question with such a field.
std::vector<Row> scored_alone(const std::string& profile, const std::string& field) {
  const ScratchFolder folder;
  const auto& task = task_named("textvqa");
  std::string lines;
  for (const auto* const id : {"1", "2"}) {
    lines += std::string(R"({"question_id": )") + id + R"(, "question": "q", )" + field +
             R"("prediction": "a"})" + "\n";
  }
  auto rows = read_predictions(folder.write("p.jsonl", lines), task, task.profile(profile)).rows;
  score_rows(task, task.profile(profile), rows);
  return rows;
}

TEST(PredictionsTest, TakesAcceptedAnswersUnderEachOfTheirNames) {
  std::string texts, objects;
  for (int i = 0; i < 10; ++i) {
    texts += std::string(i == 0 ? "" : ", ") + R"("a")";
    objects += std::string(i == 0 ? "" : ", ") + R"({"answer": "a"})";
  }
  for (const auto* const profile : {"ivl", "vek", "vek-2024"}) {
    for (const auto& field :
         {R"("answers": [)" + texts + "], ", R"("answers": [)" + objects + "], ",
          R"("answer": [)" + texts + "], "}) {
      for (const auto& row : scored_alone(profile, field)) {
        ASSERT_TRUE(row.score.has_value()) << profile << " " << field << row.error;
        EXPECT_EQ(row.score->value, 1) << profile << " " << field;
      }
    }
  }
}

TEST(PredictionsTest, WithoutAcceptedAnswersNothingIsScored) {
  for (const auto* const profile : {"ivl", "vek", "vek-2024"}) {
    for (const std::string field : {"", R"("answers": [], )"}) {
      for (const auto& row : scored_alone(profile, field)) {
        EXPECT_TRUE(row.score && row.score->state == ScoreState::kUnscored) << profile << row.error;
      }
    }
  }
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
  expect_error(read(R"({"question_id": "a", "prompt": "q", "text": "x"})"), {"annotations.json"});
}

TEST(PredictionsTest, OnlyWhatSpoilsEveryLineSpoilsTheFile) {
  const ScratchFolder folder;
  const auto& task = task_named("textvqa");
  const std::vector samples = {std::make_shared<const Sample>(Sample{.id = "1"})};
  const auto read = [&](const std::string& text) {
    return [&folder, &task, &samples, text] {
      read_predictions(folder.write("p", text), task, task.profile("vek"), samples);
    };
  };
  expect_error(read("{\"id\": \"1\"}\n{\"id\": \"2\"}\n"), {"p:1", "'response'"});
  expect_error(read("{\"id\": \"1\", \"response\": null}\n"), {"p:1", "expected a text, got null"});
}

TEST(PredictionsTest, ALineThatCannotBeUsedIsAFailedRowAndTheOthersGoOn) {
  const ScratchFolder folder;
  const auto& task = task_named("textvqa");
  std::vector<std::shared_ptr<const Sample>> samples;
  for (const char* const id : {"1", "2", "3"}) {
    samples.push_back(std::make_shared<const Sample>(Sample{.id = id}));
  }
  const auto own = [](const std::string& id) {
    return R"({"id": ")" + id + "\", \"response\": \"x\"}\n";
  };
  for (const auto& [bad, reason] :
       {std::pair(R"({"id": "2", "response": NaN})", "NaN"),
        std::pair(R"({"id": "2", "response": null})", "'response': expected a text, got null"),
        std::pair(R"({"id": "2"})", "'response'"), std::pair(R"({"response": "x"})", "'id'"),
        std::pair(R"({"id": "2", "resp)", "expected JSON"), std::pair("[2]", "object")}) {
    const auto path = folder.write("p.jsonl", own("1") + bad + "\n" + own("3"));
    const auto rows = read_predictions(path, task, task.profile("vek"), samples).rows;
    ASSERT_EQ(rows.size(), 3U) << bad;
    EXPECT_EQ(rows[0].error + rows[2].error, "") << bad;
    expect_parts(rows[1].error, {"p.jsonl:2: ", reason});
  }
  const auto first = folder.write("p.jsonl", "{\"id\": \"1\"}\n" + own("2") + own("3"));
  expect_parts(read_predictions(first, task, task.profile("vek"), samples).rows.at(0).error,
               {"p.jsonl:1: ", "'response'"});
  const auto surplus = folder.write("p.jsonl", own("1") + own("2") + "{\n" + own("3"));
  const auto rows = read_predictions(surplus, task, task.profile("vek"), samples).rows;
  ASSERT_EQ(rows.size(), 4U) << "each sample has a prediction, and one line was none";
  expect_parts(rows[3].error, {"p.jsonl:3: ", "expected JSON"});
}

TEST(PredictionsTest, ABadLineWithItsOwnQuestionIsAFailedRowToo) {
  const ScratchFolder folder;
  const auto& task = task_named("textvqa");
  const std::string good = R"({"index": 1, "answer": "['a', 'a']", "prediction": "x"})"
                           "\n";
  for (const auto* const bad :
       {R"({"index": 2, "answer": "a", "prediction": NaN})", R"({"index": 2, "answer": "a"})",
        R"({"index": 2, "answer": "a", "prediction": []})", R"({"prediction": "x"})", "{"}) {
    const auto path = folder.write("p.jsonl", good + bad + "\n");
    auto rows = read_predictions(path, task, task.profile("vek")).rows;
    ASSERT_EQ(rows.size(), 2U) << bad;
    EXPECT_EQ(rows[0].error, "") << bad;
    expect_parts(rows[1].error, {"p.jsonl:2: "});
  }
}

TEST(PredictionsTest, APredictionThatStandsTwiceIsAFailedRow) {
  const ScratchFolder folder;
  const auto& task = task_named("textvqa");
  const std::string row = R"({"index": 1, "prediction": null})"
                          "\n";
  const auto set = read_predictions(folder.write("p", row + row), task, task.profile("vek"));
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_EQ(set.rows[0].error, "");
  expect_parts(set.rows[1].error, {"p:2: id '1' was used before, at ", "p:1"});
  const std::vector samples = {std::make_shared<const Sample>(Sample{.id = "1"})};
  const auto path = folder.write("twice.jsonl", row + "\n" + row);
  const auto joined = read_predictions(path, task, task.profile("vek"), samples);
  EXPECT_EQ(joined.rows.at(0).error, "");
  expect_parts(joined.rows.at(1).error,
               {"twice.jsonl:3: id '1' was used before, at ", "twice.jsonl:1"});
}

const std::vector<Texts> kLetters = {
    {"index", "question", "A", "B", "C", "D", "answer", "prediction"},
    {"1", "q", "x", "y", "z", "w", "D", "E"},
    {"2", "q", "x", "y", "z", "w", "E", "A"},
    {"3", "q", "x", "y", "", "", "C", "C"},
    {"4", "q", "x", "y", "z", "w", "cat", "A"}};

TEST(PredictionsTest, AnAnswerThatIsNoOptionIsAFailedRowInEveryForm) {
  for (const auto& [form, first] : {std::pair("p.tsv", ":3: "), std::pair("p.xlsx", ": row 3: "),
                                    std::pair("p.jsonl", ":2: ")}) {
    const auto errors = errors_of(kLetters, "scienceqa", form);
    ASSERT_EQ(errors.size(), 4U) << form;
    EXPECT_EQ(errors[0], "") << form << ": what a model answers is the profile's to judge";
    expect_parts(errors[1], {form, first, "'answer'", "an option, A B C D, got 'E'"});
    EXPECT_EQ(errors[2], "") << form << ": empty, or `None` to pandas, which wrote the table";
    expect_parts(errors[3], {form, "got 'cat'"});
  }
}

TEST(PredictionsTest, AnOptionThatPandasLostIsStillOne) {
  const std::vector<Texts> gap = {kLetters[0], {"1", "q", "", "y", "z", "", "A", "B"}};
  const std::vector<Texts> last = {kLetters[0], {"1", "q", "x", "y", "z", "", "D", "B"}};
  const std::vector<Texts> no_column = {
      {"index", "question", "A", "B", "C", "answer", "prediction"},
      {"1", "q", "x", "y", "z", "D", "B"}};
  const std::vector<Texts> open = {kLetters[0], {"1", "q", "", "", "", "", "7.5 m", "B"}};
  for (const auto* const form : {"p.tsv", "p.xlsx", "p.jsonl"}) {
    EXPECT_EQ(errors_of(gap, "scienceqa", form), Texts{""}) << form;
    EXPECT_EQ(errors_of(last, "scienceqa", form), Texts{""}) << form;
    EXPECT_EQ(errors_of(no_column, "seed_image", form), Texts{""})
        << form << ": it always has four";
    EXPECT_EQ(errors_of(open, "mmmu", form), Texts{""}) << form << ": no option at all";
  }
}

TEST(PredictionsTest, BesideTheDatasetItsOwnAnswersAreTheOnesThatCount) {
  Sample sample{.id = "1", .question = "q", .choices = {{'A', "x"}, {'B', "y"}}, .targets = {"B"}};
  sample.cells = {{"index", int64_t{1}}, {"answer", std::string("C")}};
  const std::vector samples = {std::make_shared<const Sample>(sample)};
  const std::vector<Texts> same = {kLetters[0], {"1", "q", "x", "y", "", "", "C", "B"}};
  const std::vector<Texts> other = {kLetters[0], {"1", "q", "x", "y", "", "", "E", "B"}};
  for (const auto* const form : {"p.tsv", "p.xlsx", "p.jsonl"}) {
    EXPECT_EQ(errors_of(same, "mmbench_en_dev", form, samples), Texts{""}) << form;
  }
  EXPECT_EQ(errors_of(other, "mmbench_en_dev", "p.tsv", samples), Texts{""});
  expect_parts(errors_of(other, "mmbench_en_dev", "p.xlsx", samples).at(0),
               {"p.xlsx: row 2: ", "got 'E'"});
}

}  // namespace
}  // namespace mono::tasks
