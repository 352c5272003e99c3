// Files of predictions with lines of a log, of a header or cut short in front: the rows behind them
// are read as they are without.

#include <gtest/gtest.h>

#include <algorithm>

#include "tasks/reader/predictions.h"
#include "tasks/registry.h"
#include "tests/task_cases.h"

namespace mono::tasks {
namespace {

using Texts = std::vector<std::string>;

struct Format {
  const char* name = "";
  const char* task = "gqa";
  Texts lines{};
};

const std::vector<Format> kFormats = {
    {"vila-jsonl",
     "gqa",
     {R"({"index": 1, "question_id": 1, "question": "q", "answer": "dog", "prediction": "cat"})",
      R"({"index": 2, "question_id": 2, "question": "q", "answer": "dog", "prediction": "dog"})"}},
    {"vila-jsonl",
     "gqa",
     {R"({"index": 1, "image": "1.png", "question": "q", "answer": "dog", "annotation": "dog",)"
      R"( "prediction": "cat"})",
      R"({"index": 2, "image": "2.png", "question": "q", "answer": "dog", "annotation": "dog",)"
      R"( "prediction": "dog"})"}},
    {"lm-eval",
     "gqa",
     {R"({"doc_id": 0, "doc": {"index": 1, "question": "q", "answer": "x"}, "target": "x",)"
      R"( "resps": [["cat"]], "filtered_resps": ["cat"]})",
      R"({"doc_id": 1, "doc": {"index": 2, "question": "q", "answer": "x"}, "target": "x",)"
      R"( "resps": [["dog"]], "filtered_resps": ["dog"]})"}},
    {"seedbench-lines",
     "seed_image",
     {R"({"question_id": "1", "prediction": "cat", "gt_answer": "A"},)",
      R"({"question_id": "2", "prediction": "dog", "gt_answer": "A"},)"}}};

const std::vector<Texts> kNoise = {{"Loading checkpoint shards: 100%"},
                                   {"Loading", "", "more", "{bad", "still more"},
                                   {"[INFO] loading"},
                                   {"[2024-01-01 00:00:00] loading", "[3/4] loading"},
                                   {R"({"index": 0, "que)"},
                                   {R"({"a": 1})"},
                                   {"[]"},
                                   {"null", R"("x")"}};

int num_rows(const Texts& noise) {
  return static_cast<int>(
      std::count_if(noise.begin(), noise.end(), [](const auto& line) { return !line.empty(); }));
}

PredictionSet read(const Texts& noise, const Format& format, const std::string& between = "\n") {
  const tests::ScratchFolder folder;
  std::string text;
  for (const auto& lines : {noise, format.lines}) {
    for (const auto& line : lines) text += line + between;
  }
  const auto& task = task_named(format.task);
  return read_predictions(folder.write("p.jsonl", text), task, task.profile("ivl"));
}

TEST(NoisyPredictionsTest, NoiseInFrontIsFailedRowsAndChangesNoOther) {
  for (const auto& format : kFormats) {
    for (const auto& noise : kNoise) {
      SCOPED_TRACE(std::string(format.name) + " behind " + noise.front());
      const auto set = read(noise, format);
      EXPECT_EQ(set.format, format.name);
      const auto first = static_cast<size_t>(num_rows(noise));
      ASSERT_EQ(set.rows.size(), first + 2);
      for (size_t i = 0; i < first; ++i) EXPECT_NE(set.rows[i].error, "");
      EXPECT_EQ(set.rows[first].response + set.rows[first].error, "cat");
      EXPECT_EQ(set.rows[first + 1].response + set.rows[first + 1].error, "dog");
    }
  }
}

TEST(NoisyPredictionsTest, WhatAFileEndsWithinIsAFailedRow) {
  for (const auto& format : kFormats) {
    for (const auto& end : {format.lines[1].substr(0, 20), std::string("Killed")}) {
      SCOPED_TRACE(std::string(format.name) + " in front of " + end);
      const tests::ScratchFolder folder;
      const auto& task = task_named(format.task);
      const auto path =
          folder.write("p.jsonl", format.lines[0] + "\n" + format.lines[1] + "\n" + end);
      const auto set = read_predictions(path, task, task.profile("ivl"));
      ASSERT_EQ(set.rows.size(), 3U);
      EXPECT_EQ(set.rows[0].response + set.rows[0].error, "cat");
      EXPECT_EQ(set.rows[1].response + set.rows[1].error, "dog");
      EXPECT_NE(set.rows[2].error.find("p.jsonl:3: "), std::string::npos) << set.rows[2].error;
    }
  }
}

TEST(NoisyPredictionsTest, ABlankLineIsNoRow) {
  for (const auto& format : kFormats) {
    for (const auto* const between : {"\n\n", "\r\n\r\n", "\n \t\n"}) {
      EXPECT_EQ(read({""}, format, between).rows.size(), 2U) << format.name;
    }
  }
}

TEST(NoisyPredictionsTest, ALineThatLacksAFieldDoesNotSayWhatTheFileIs) {
  auto format = kFormats.back();
  format.lines.insert(format.lines.begin(), R"({"question_id": "0", "prediction": "A"},)");
  const auto set = read({}, format);
  EXPECT_EQ(set.format, "seedbench-lines");
  ASSERT_EQ(set.rows.size(), 3U);
  EXPECT_NE(set.rows[0].error.find("'gt_answer'"), std::string::npos) << set.rows[0].error;
  EXPECT_EQ(set.rows[1].error + set.rows[2].error, "");
}

TEST(NoisyPredictionsTest, AnAnswerBesideAPredictionIsNeverTheResponse) {
  Format format{.lines = {R"({"questionId": 1, "question": "q", "answer": "x", "annotation": "x"})",
                          R"({"questionId": 2, "question": "q", "answer": "x", "annotation": "x",)"
                          R"( "prediction": "y"})"}};
  const auto set = read({}, format);
  EXPECT_EQ(set.format, "internvl-vqa");
  ASSERT_EQ(set.rows.size(), 2U);
  EXPECT_EQ(set.rows[0].response, "x");
  EXPECT_NE(set.rows[1].error.find("'prediction'"), std::string::npos) << set.rows[1].error;
}

TEST(NoisyPredictionsTest, ATableWithAnObjectInACellStaysATable) {
  Format format{.lines = {"index\tquestion\tanswer\tprediction", "1\t\"see", "{}", "\"\tdog\tdog"}};
  EXPECT_EQ(read({}, format).format, "vlmevalkit-tsv");
}

TEST(NoisyPredictionsTest, AListOfTheRowsOfATableIsReadAsItsLinesAre) {
  auto format = kFormats.front();
  const std::string noise = R"({"index": 8})";
  format.lines = {"[" + format.lines[0] + ",", noise + ", null,", format.lines[1] + "]"};
  const auto set = read({}, format);
  EXPECT_EQ(set.format, "vila-jsonl");
  ASSERT_EQ(set.rows.size(), 4U);
  EXPECT_EQ(set.rows[0].response, "cat");
  EXPECT_NE(set.rows[1].error.find("element 1: "), std::string::npos) << set.rows[1].error;
  EXPECT_NE(set.rows[2].error.find("element 2: "), std::string::npos) << set.rows[2].error;
  EXPECT_EQ(set.rows[3].response, "dog");
}

}  // namespace
}  // namespace mono::tasks
