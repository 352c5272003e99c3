// Lines of predictions that cannot be used: wherever they stand, the same reason and bounds.

#include <gtest/gtest.h>

#include <tuple>

#include "tasks/reader/predictions.h"
#include "tasks/registry.h"
#include "tasks/text/python_text.h"
#include "tests/task_cases.h"

namespace mono::tasks {
namespace {

using Texts = std::vector<std::string>;

/// Each as fourth row of a file, what it lacks after it.
const Texts kBadLines = {
    R"({"index": 4, "question": "q", "A": "x", "B": "y", "answer": "A", "split": "dev"})",
    R"({"index": 4, "question": "q", "A": "x", "answer": "A", "split": "dev", "prediction": []})",
    R"({"index": 4, "question": "q", "A": "x", "answer": "A", "prediction": NaN})",
    R"({"index": 4})",
    R"({"prediction": "A"})",
    R"({"index": 4, "predi)",
    R"([4])",
    R"({)"};

std::string good_line(int index) {
  return R"({"index": )" + std::to_string(index) +
         R"(, "question": "q", "A": "x", "B": "y", "answer": "A", "split": "dev", "prediction": "A"})";
}

std::vector<Row> rows_of(const Texts& lines, const std::string& task_name) {
  const tests::ScratchFolder folder;
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  const auto& task = task_named(task_name);
  const auto& profile = task.profile("vek");
  auto rows = read_predictions(folder.write("p.jsonl", text), task, profile).rows;
  score_rows(task, profile, rows);
  return rows;
}

/// Three good lines and a bad one, at the front or at the end.
Texts with_bad_line(const std::string& bad, bool is_first) {
  Texts lines = {good_line(1), good_line(2), good_line(3)};
  lines.insert(is_first ? lines.begin() : lines.end(), bad);
  return lines;
}

TEST(BadLinesTest, AFailedRowIsWithinItsSplitsBounds) {
  for (const auto* const name : {"mmbench_en_dev", "ai2d", "gqa"}) {
    const auto& task = task_named(name);
    for (const auto& bad : kBadLines) {
      for (const bool is_first : {true, false}) {
        const auto rows = rows_of(with_bad_line(bad, is_first), name);
        const auto bounds = main_metric_bounds(task, task.profile("vek"), rows);
        const double best = rows.size() == 4 && std::string_view(name) == "gqa" ? 100 : 1;
        ASSERT_TRUE(bounds) << name << " " << bad;
        EXPECT_EQ(bounds->low, best * 3 / 4) << name << (is_first ? " first " : " last ") << bad;
        EXPECT_EQ(bounds->high, best) << name << (is_first ? " first " : " last ") << bad;
      }
    }
  }
}

TEST(BadLinesTest, TheFirstLineFailsForTheReasonALaterOneWould) {
  for (const auto& bad : kBadLines) {
    const auto first = rows_of(with_bad_line(bad, true), "gqa").front().error;
    const auto last = rows_of(with_bad_line(bad, false), "gqa").back().error;
    ASSERT_NE(first.find("p.jsonl:1: "), std::string::npos) << first;
    EXPECT_EQ(first.substr(first.find(":1: ") + 4), last.substr(last.find(":4: ") + 4)) << bad;
  }
}

std::string harness_line(int index) {
  const auto id = std::to_string(index);
  return R"({"doc_id": )" + id + R"(, "doc": {"index": )" + id +
         R"(, "question": "q", "answer": "A"}, "resps": [["A"]], "filtered_resps": ["A"]})";
}

std::string seed_line(int index) {
  return R"({"question_id": ")" + std::to_string(index) +
         R"(", "question": "q", "prediction": "A", "answer": "A"})";
}

TEST(BadLinesTest, SoItIsInFilesOfOtherHarnesses) {
  using Line = std::string (*)(int);
  for (const auto& [line, task, bad] :
       {std::tuple<Line, const char*, std::string>(harness_line, "gqa", R"({"doc_id": 4})"),
        {harness_line, "gqa", R"({"doc_id": 4)"},
        {seed_line, "seed_image", R"({"question_id": "4"})"},
        {seed_line, "seed_image", R"({"question_id": "4", "prediction": "A", "answer": NaN})"}}) {
    const auto front = rows_of({bad, line(1), line(2)}, task);
    const auto back = rows_of({line(1), line(2), bad}, task);
    ASSERT_EQ(front.size(), 3U) << bad;
    const auto& first = front.front().error;
    const auto& last = back.back().error;
    ASSERT_NE(first.find("p.jsonl:1: expected "), std::string::npos) << first;
    EXPECT_EQ(first.substr(first.find(":1: ") + 4), last.substr(last.find(":3: ") + 4)) << bad;
    EXPECT_EQ(front.front().sample->id.ends_with("4"), back.back().sample->id.ends_with("4"));
  }
}

}  // namespace
}  // namespace mono::tasks
