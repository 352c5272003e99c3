// Lines of predictions that cannot be used: wherever they stand, the same reason and bounds.

#include <gtest/gtest.h>

#include <tuple>

#include "tasks/reader/predictions.h"
#include "tasks/registry.h"
#include "tasks/text/python_text.h"
#include "tests/expect_error.h"
#include "tests/judge_cases.h"
#include "tests/property_rows.h"
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
    R"({"index": 4, "prediction": )" + std::string(101, '[') + std::string(101, ']') + "}",
    R"([4])",
    R"({)",
    "Loading checkpoint shards: 100%"};

std::string good_line(int index) {
  return R"({"index": )" + std::to_string(index) +
         R"(, "question": "q", "A": "x", "answer": "A", "split": "dev", "prediction": "A"})";
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

TEST(BadLinesTest, AByteOrderMarkInFrontIsNoPartOfTheFirstLine) {
  for (const auto* const mark : {"", "\xEF\xBB\xBF"}) {
    const auto rows = rows_of({mark + good_line(1), good_line(2)}, "gqa");
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0].error + rows[1].error, "");
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

/// Predictions of every row, as VILA writes them and as VLMEvalKit does.
struct Predictions {
  Texts lines{};
  std::string table{};
};

Predictions predictions_of(const Task& task, const std::string& emptied_column = "") {
  Predictions predictions;
  auto rows = tests::copied_rows(task, 14);
  for (auto& row : rows) {
    row.erase("image");
    row["prediction"] = row.value("answer", "x");
    auto line = row;
    for (auto& cell : line) {
      if (cell.is_string() && cell.get_ref<const std::string&>().empty()) cell = nullptr;
    }
    predictions.lines.push_back(line.dump());
  }
  if (!emptied_column.empty()) rows.at(0)[emptied_column] = "";
  predictions.table = tests::tsv_text(rows);
  return predictions;
}

/// Reads and scores a file, and asks for all that `mono-eval score` prints of it.
std::vector<Row> scored(const std::string& name, const std::string& text, const Task& task,
                        const Profile& profile) {
  const tests::ScratchFolder folder;
  auto set = read_predictions(folder.write(name, text), task, profile);
  score_rows(task, profile, set.rows);
  if (has_counted_score(set.rows)) task.metrics(set.rows, profile);
  EXPECT_TRUE(main_metric_bounds(task, profile, set.rows));
  return std::move(set.rows);
}

int num_errors(const std::vector<Row>& rows) {
  return static_cast<int>(
      std::count_if(rows.begin(), rows.end(), [](const Row& row) { return !row.error.empty(); }));
}

TEST(BadLinesTest, ATornLineIsOneFailedRowOfEveryTask) {
  for (const auto* const task : all_tasks()) {
    const auto good = predictions_of(*task).lines;
    for (const size_t place : {size_t{0}, good.size() / 2, good.size()}) {
      auto lines = good;
      const auto torn = good.front().substr(0, good.front().size() / 2);
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(place), torn);
      std::string text;
      for (const auto& line : lines) text += line + "\n";
      for (const auto& profile : task->profiles()) {
        SCOPED_TRACE(std::string(task->name()) + "." + profile.name + " " + std::to_string(place));
        const auto rows = scored("p.jsonl", text, *task, profile);
        ASSERT_EQ(rows.size(), lines.size());
        EXPECT_EQ(num_errors(rows), 1);
        tests::expect_parts(rows[place].error, {"p.jsonl:" + std::to_string(place + 1) + ": "});
        EXPECT_EQ(tally(rows).failed, 1);
      }
    }
  }
}

TEST(BadLinesTest, ARowThatItsTaskCannotPlaceIsOneFailedRow) {
  for (const auto& [name, profile_name, column] : {std::tuple("ocrbench", "vek", "category"),
                                                   {"mme", "vek", "image_path"},
                                                   {"hallusionbench", "vek", "index"},
                                                   {"mmbench_en_dev", "vek", "index"},
                                                   {"textvqa", "ivl", "answer"},
                                                   {"coco_caption", "ivl", "answer"}}) {
    SCOPED_TRACE(name);
    const auto& task = task_named(name);
    const auto table = predictions_of(task, column).table;
    const auto rows = scored("p.tsv", table, task, task.profile(profile_name));
    EXPECT_EQ(num_errors(rows), 1);
    tests::expect_parts(rows[0].error, {"p.tsv:2: ", column});
  }
}

TEST(BadLinesTest, ABadElementOfMultimodalOcrsListIsOneFailedRow) {
  const auto& task = task_named("docvqa_val");
  const auto& profile = task.profile("vek");
  const std::string good = R"({"question": "q", "answer": "x", "gt_answers": ["x"]})";
  for (const std::string bad :
       {R"({"question": "q", "answer": "x"})", R"({"question": "q", "gt_answers": ["x"]})",
        R"({"question": "q", "answer": 7, "gt_answers": ["x"]})",
        R"({"question": "q", "answer": "x", "gt_answers": [["x"]]})", R"({"id": 0})", "{}", "7",
        "[]", "null"}) {
    for (const size_t place : {0, 1, 2}) {
      SCOPED_TRACE(bad + " at " + std::to_string(place));
      Texts elements(3, good);
      elements[place] = bad;
      const auto text = "[" + elements[0] + ", " + elements[1] + ",\n" + elements[2] + "]";
      const auto rows = scored("p.json", text, task, profile);
      ASSERT_EQ(rows.size(), 3U);
      EXPECT_EQ(num_errors(rows), 1);
      tests::expect_parts(rows[place].error, {"p.json: element " + std::to_string(place) + ": "});
    }
  }
}

TEST(BadLinesTest, ATornLineOfMmesFolderIsOneFailedRowOfItsPair) {
  const auto& task = task_named("mme");
  const tests::ScratchFolder folder;
  folder.write("OCR.txt", "1.jpg\tq\n1.jpg\tq\tNo\tno\n2.jpg\tq\tYes\tyes\n2.jpg\tq\tNo\tyes\n");
  folder.write("color.txt", "3.jpg\tq\tYes\tyes\n3.jpg\tq\tNo\tno\n");
  auto rows = read_predictions(folder.path(), task, task.profile("ivl")).rows;
  ASSERT_EQ(rows.size(), 6U);
  tests::expect_parts(rows[0].error, {"OCR.txt:1: ", "2 fields"});
  EXPECT_EQ(num_errors(rows), 1);
  score_rows(task, task.profile("ivl"), rows);
  const auto metrics = task.metrics(rows, task.profile("ivl"));
  EXPECT_NEAR(tests::value_of(metrics, "OCR"), 200.0 / 3, 1e-9);
  EXPECT_EQ(tests::value_of(metrics, "color"), 200);
}

}  // namespace
}  // namespace mono::tasks
