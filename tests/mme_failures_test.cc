// MME with rows that failed: pairs, scores and bounds are those of the rows around them.

#include <gtest/gtest.h>

#include "tasks/reader/predictions.h"
#include "tasks/registry.h"
#include "tests/judge_cases.h"
#include "tests/temporary_folder.h"

namespace mono::tasks {
namespace {

using tests::TemporaryFolder;

constexpr const char* kTasks[] = {"OCR",       "artwork",
                                  "celebrity", "code_reasoning",
                                  "color",     "commonsense_reasoning",
                                  "count",     "existence",
                                  "landmark",  "numerical_calculation",
                                  "position",  "posters",
                                  "scene",     "text_translation"};

std::vector<Row> scored(const std::filesystem::path& path, const std::string& profile_name) {
  const auto& task = task_named("mme");
  const auto& profile = task.profile(profile_name);
  auto rows = read_predictions(path, task, profile).rows;
  score_rows(task, profile, rows);
  return rows;
}

double sum_of(const std::vector<Row>& rows, const std::string& profile) {
  const auto& task = task_named("mme");
  return tests::value_of(task.metrics(rows, task.profile(profile)), "sum");
}

Bounds bounds_of(const std::vector<Row>& rows, const std::string& profile) {
  const auto& task = task_named("mme");
  return main_metric_bounds(task, task.profile(profile), rows).value();
}

/// Two pictures a task, one line torn after so many fields: all answers are right but those.
void write_folder(const TemporaryFolder& folder, const std::string& damaged_task,
                  const std::string& last_lines) {
  for (const std::string task : kTasks) {
    const std::string whole = "1.jpg\tq\tYes\tYes\n1.jpg\tr\tNo\tNo\n";
    folder.write(task + ".txt", whole + (task == damaged_task ? last_lines
                                                              : "2.jpg\tq\tYes\tYes\n"
                                                                "2.jpg\tr\tNo\tNo\n"));
  }
}

TEST(MmeFailuresTest, TornLinesAreOfTheTaskTheirFileIsOf) {
  for (const std::string task : kTasks) {
    SCOPED_TRACE(task);
    const TemporaryFolder folder;
    write_folder(folder, task, "2.jpg\tq\tYes\tNo\n2.jpg\tr\tNo\tYes\n");
    const double whole = sum_of(scored(folder.path(), "ivl"), "ivl");
    EXPECT_EQ(whole, 2800 - 50 - 50);
    write_folder(folder, task, "2.jpg\tq\n2.jpg\tr\n");
    const auto rows = scored(folder.path(), "ivl");
    EXPECT_EQ(tally(rows).failed, 2);
    const auto bounds = bounds_of(rows, "ivl");
    EXPECT_EQ(bounds.low, whole);
    EXPECT_EQ(bounds.high, 2800);
  }
}

struct Line {
  std::string index{};
  std::string picture{};
  std::string question{};
  std::string answer{};
  std::string prediction{};
};

std::string text_of(const std::string& task, const Line& line) {
  return R"({"index": ")" + task + line.index + R"(", "category": ")" + task +
         R"(", "image_path": ")" + line.picture + R"(", "question": ")" + line.question +
         R"(", "answer": ")" + line.answer + R"(", "prediction": ")" + line.prediction + "\"}\n";
}

std::string text_of(const std::vector<std::string>& tasks, const std::vector<Line>& lines) {
  std::string text;
  for (const auto& task : tasks) {
    for (const auto& line : lines) text += text_of(task, line);
  }
  return text;
}

TEST(MmeFailuresTest, ARepeatedRowHasNoPlaceInAPair) {
  const std::vector<Line> lines = {{"1", "1.jpg", "q", "Yes", "Yes"},
                                   {"2", "1.jpg", "r", "No", "Yes"},
                                   {"3", "2.jpg", "q", "Yes", "Yes"},
                                   {"4", "2.jpg", "r", "No", "No"}};
  const std::vector<std::string> tasks(std::begin(kTasks), std::end(kTasks));
  const TemporaryFolder folder;
  for (const auto* const profile : {"ivl", "vek"}) {
    const double whole =
        sum_of(scored(folder.write("p.jsonl", text_of(tasks, lines)), profile), profile);
    for (size_t i = 0; i < lines.size(); ++i) {
      SCOPED_TRACE(profile + std::string(" ") + std::to_string(i));
      auto repeated = lines;
      repeated.insert(repeated.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
      const auto rows =
          scored(folder.write("p.jsonl", text_of({"color"}, repeated) +
                                             text_of({tasks.begin(), tasks.begin() + 4}, lines) +
                                             text_of({tasks.begin() + 5, tasks.end()}, lines)),
                 profile);
      EXPECT_EQ(tally(rows).failed, 1);
      EXPECT_EQ(sum_of(rows, profile), whole);
      EXPECT_EQ(bounds_of(rows, profile).low, whole);
      EXPECT_EQ(bounds_of(rows, profile).high, whole);
    }
  }
}

}  // namespace
}  // namespace mono::tasks
