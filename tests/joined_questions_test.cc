// Predictions beside the data they are for: those of other questions, repeated ones, and noise.

#include <gtest/gtest.h>

#include "tests/expect_error.h"
#include "tests/prediction_tables.h"

namespace mono::tests {
namespace {

using tasks::Row;
using tasks::Sample;
using Samples = std::vector<std::shared_ptr<const Sample>>;

constexpr const char* kForms[] = {"p.tsv", "p.xlsx", "p.jsonl"};

Samples samples_asking(const std::vector<std::string>& questions) {
  Samples samples;
  for (size_t i = 0; i < questions.size(); ++i) {
    samples.push_back(std::make_shared<const Sample>(Sample{
        .id = std::to_string(i + 1),
        .question = questions[i],
        .targets = {"dog"},
        .cells = {
            {"index", std::to_string(i + 1)}, {"question", questions[i]}, {"answer", "dog"}}}));
  }
  return samples;
}

const Samples kSamples = samples_asking({"What barks?", "What runs?", "What sleeps?"});

TEST(JoinedQuestionsTest, PredictionsOfOtherQuestionsAreRefused) {
  const TextRows table = {{"index", "question", "prediction"},
                          {"1", "Who is it?", "dog"},
                          {"2", "Where is it?", "dog"},
                          {"3", "What sleeps?", "dog"}};
  for (const auto* const form : kForms) {
    SCOPED_TRACE(form);
    expect_error([&] { rows_of_table(table, "gqa", form, kSamples); },
                 {form, "other questions", "Who is it?", "What barks?"});
  }
}

TEST(JoinedQuestionsTest, AQuestionMayBeMissingOrDifferHereAndThere) {
  const TextRows bare = {{"index", "prediction"}, {"1", "dog"}, {"2", "dog"}, {"3", "dog"}};
  const TextRows table = {{"index", "question", "prediction"},
                          {"1", "Where is it?", "dog"},
                          {"2", "what runs", "dog"},
                          {"3", "Look. What sleeps? Answer in one word.", "dog"}};
  for (const auto* const form : kForms) {
    for (const auto& one : {bare, table}) {
      for (const auto& error : errors_of(one, "gqa", form, kSamples)) EXPECT_EQ(error, "") << form;
    }
  }
}

TEST(JoinedQuestionsTest, TheFirstOfSeveralPredictionsCountsInEveryForm) {
  const TextRows table = {{"index", "question", "prediction"},
                          {"1", "What barks?", "cat"},
                          {"1", "What barks?", "dog"},
                          {"2", "What runs?", "dog"},
                          {"3", "What sleeps?", "dog"}};
  for (const auto* const form : kForms) {
    SCOPED_TRACE(form);
    const auto rows = rows_of_table(table, "gqa", form, kSamples);
    ASSERT_EQ(rows.size(), 4U);
    EXPECT_EQ(rows[0].response + rows[0].error, "cat");
    EXPECT_EQ(rows[1].error + rows[2].error, "");
    expect_parts(rows[3].error, {form, "used before"});
    EXPECT_TRUE(rows[3].sample->is_repeated);
  }
}

std::vector<Row> rows_of_file(const std::string& name, const std::string& text) {
  const ScratchFolder folder;
  const auto& task = tasks::task_named("gqa");
  return tasks::read_predictions(folder.write(name, text), task, task.profile("ivl"), kSamples)
      .rows;
}

TEST(JoinedQuestionsTest, SoItIsInInternVlsLists) {
  const auto rows = rows_of_file("p.json", R"([{"questionId": "1", "prediction": "cat"},
    {"questionId": "1", "prediction": "dog"}, {"questionId": "2", "prediction": "dog"}])");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_EQ(rows[0].response + rows[0].error, "cat");
  EXPECT_EQ(rows[1].error, "");
  expect_parts(rows[2].error, {"no prediction in "});
  expect_parts(rows[3].error, {"element 1", "used before", "element 0"});
  EXPECT_TRUE(rows[3].sample->is_repeated);
}

TEST(JoinedQuestionsTest, NoiseAmongPredictionsInOrderTakesNoPlace) {
  const std::string noise = "Loading checkpoint shards: 100%\n";
  const auto line = [](const std::string& question) {
    return R"({"question": ")" + question + R"(", "answer": "dog", "annotation": "dog"})" + "\n";
  };
  const std::vector<std::string> lines = {line("What barks?"), line("What runs?"),
                                          line("What sleeps?")};
  for (size_t place = 0; place <= lines.size(); ++place) {
    SCOPED_TRACE(place);
    auto noisy = lines;
    noisy.insert(noisy.begin() + static_cast<std::ptrdiff_t>(place), noise);
    const auto rows = rows_of_file("p.jsonl", noisy[0] + noisy[1] + noisy[2] + noisy[3]);
    ASSERT_EQ(rows.size(), 4U);
    for (size_t i = 0; i < 3; ++i) EXPECT_EQ(rows[i].response + rows[i].error, "dog");
    expect_parts(rows[3].error, {"p.jsonl:" + std::to_string(place + 1), "expected JSON"});
  }
}

}  // namespace
}  // namespace mono::tests
