// The table a run ends with: groups of tasks by name, and their averages beside the published ones.

#include <gtest/gtest.h>

#include <cmath>
#include <iterator>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "evaluator/average_rows.h"
#include "evaluator/task_names.h"
#include "model/adapter.h"
#include "results/averages.h"
#include "results/reference/published.h"
#include "tasks/registry.h"

namespace mono::evaluator {
namespace {

using Names = std::vector<std::string>;

TEST(TaskNamesTest, AGroupStandsForItsTasks) {
  EXPECT_EQ(expand_groups({"vqa7"}),
            (Names{"textvqa", "scienceqa", "gqa", "docvqa", "ai2d", "chartqa", "infovqa"}));
  EXPECT_EQ(expand_groups({"General9"}).size(), 9U);
  auto both = expand_groups({"general9", "vqa7"});
  EXPECT_EQ(expand_groups({"mono16"}), both);
  EXPECT_EQ(expand_groups({"pope", "textvqa.vek"}), (Names{"pope", "textvqa.vek"}));
}

TEST(TaskNamesTest, EachTaskIsNamedOnce) {
  const auto tasks = tasks_named({"TextVQA_VAL", "mono16", "pope", "textvqa"});
  ASSERT_EQ(tasks.size(), 17U);
  EXPECT_EQ(tasks.front()->name(), "textvqa");
  EXPECT_EQ(tasks[1]->name(), "mmvet");
  EXPECT_EQ(tasks.back()->name(), "pope");
}

TEST(TaskNamesTest, AnUnknownNameListsTasksAndGroups) {
  try {
    tasks_named({"mono17"});
    FAIL() << "mono17 is no task";
  } catch (const model::UsageError& error) {
    const std::string message = error.what();
    EXPECT_NE(message.find("unknown task 'mono17'; known: mmvet"), std::string::npos) << message;
    EXPECT_NE(message.find("groups: mono16 general9 vqa7"), std::string::npos) << message;
  }
}

/// A task that came out at `value` of the published table's scale.
RunResult finished(std::string_view task_name, double value, const std::string& profile = "paper") {
  const auto& task = tasks::task_named(task_name);
  RunResult result{.model = "mono", .plan = {.task = &task, .profile = &task.profile(profile)}};
  const double scale = task.table_scale(*result.plan.profile).value_or(1);
  result.outcome.metrics = {
      {.name = std::string(task.main_metric(*result.plan.profile)), .value = value / scale}};
  return result;
}

/// All sixteen as published of a model; a benchmark it has no number of is NaN.
std::vector<RunResult> published_results(const std::string& model,
                                         const std::string& profile = "paper") {
  std::vector<RunResult> all;
  for (const auto task : results::tasks_of_group("mono16")) {
    const auto known = results::published(model, task);
    all.push_back(finished(task, known ? known->value : std::nan(""), profile));
  }
  return all;
}

/// The cells of the line of a table that shows this task.
Names cells_of(const std::string& table, const std::string& task) {
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Names cells{std::istream_iterator<std::string>(words), {}};
    if (cells.size() > 1 && cells[1] == task) return cells;
  }
  return {};
}

TEST(RunTableTest, EndsWithTheAveragesBesideThePublishedOnes) {
  const auto table = table_text(published_results("Mono-InternVL-2B", "vek"), "InternVL-1.5-2B");
  EXPECT_EQ(cells_of(table, "general9"),
            (Names{"mono", "general9", "vek", "mean", "of", "9", "55.2", "—", "9/9", "54.4"}));
  EXPECT_EQ(cells_of(table, "vqa7"),
            (Names{"mono", "vqa7", "vek", "mean", "of", "7", "70.1", "—", "7/7", "71.7"}));
}

/// MMBench and CCBench get their number in the paper's recipe from a server, so there is none here.
TEST(RunTableTest, ThePapersRecipesAreAveragedTogether) {
  const auto table = table_text(published_results("Mono-InternVL-2B"), "Mono-InternVL-2B");
  EXPECT_EQ(cells_of(table, "general9"),
            (Names{"mono", "general9", "paper", "mean", "of", "9", "—", "—", "7/9", "55.2"}));
  EXPECT_EQ(cells_of(table, "vqa7"),
            (Names{"mono", "vqa7", "paper", "mean", "of", "7", "70.1", "—", "7/7", "70.1"}));
}

TEST(RunTableTest, EveryPublishedModelsAveragesComeOut) {
  const std::vector<std::pair<std::string, Names>> printed = {
      {"Mono-InternVL-2B", {"55.2", "70.1"}},
      {"InternVL-1.5-2B", {"54.4", "71.7"}},
      {"Chameleon-7B", {"16.1", "17.9"}},
      {"EVE-7B (HD)", {"38.9", "54.6"}},
      {"Emu3", {"—", "67.6"}},
  };
  for (const auto& [model, averages] : printed) {
    const auto table = table_text(published_results("Mono-InternVL-2B"), model);
    EXPECT_EQ(cells_of(table, "general9").back(), averages[0]) << model;
    EXPECT_EQ(cells_of(table, "vqa7").back(), averages[1]) << model;
  }
}

TEST(RunTableTest, ABenchmarkWithoutANumberMakesTheAverageADash) {
  const auto table = table_text(published_results("Chameleon-7B"), "Chameleon-7B");
  EXPECT_EQ(cells_of(table, "gqa"),
            (Names{"mono", "gqa", "ivl", "accuracy_percent", "—", "—", "0/0", "—"}));
  const auto cells = cells_of(table, "vqa7");
  EXPECT_EQ(Names(cells.end() - 4, cells.end()), (Names{"—", "—", "6/7", "17.9"}));
}

TEST(RunTableTest, HasNoAverageOfWhatWasNotAsked) {
  auto results = published_results("Mono-InternVL-2B");
  results.erase(results.begin());
  const auto table = table_text(results, "Mono-InternVL-2B");
  EXPECT_EQ(cells_of(table, "general9"), Names{});
  EXPECT_EQ(cells_of(table, "vqa7").size(), 10U);
}

TEST(RunTableTest, AveragesNothingOverRecipesThatDoNotBelongTogether) {
  auto results = published_results("Mono-InternVL-2B", "vek");
  for (auto& result : results) {
    if (result.plan.task->name() == "ocrbench") result = finished("ocrbench", 767, "vek-2024");
  }
  const auto cells = cells_of(table_text(results, "Mono-InternVL-2B"), "general9");
  EXPECT_EQ(cells,
            (Names{"mono", "general9", "mixed", "mean", "of", "9", "—", "—", "9/9", "55.2"}));
}

TEST(RunTableTest, CappedAnswersStandBesideNothing) {
  auto results = published_results("Mono-InternVL-2B");
  for (auto& result : results) result.plan.max_new_tokens = 4;
  const auto cells = cells_of(table_text(results, "Mono-InternVL-2B"), "vqa7");
  EXPECT_EQ(cells.back(), "—");
  EXPECT_EQ(cells[2] + " " + cells[3], "paper (<=4");
}

TEST(RunTableTest, APartOfTheRowsStandsBesideNothing) {
  auto results = published_results("Mono-InternVL-2B");
  for (auto& result : results) {
    if (result.plan.task->name() == "textvqa") result.plan.num_in_dataset = 5000;
  }
  const auto table = table_text(results, "Mono-InternVL-2B");
  EXPECT_EQ(cells_of(table, "vqa7").back(), "—");
  EXPECT_NE(table.find("(not all rows)"), std::string::npos) << table;
  EXPECT_NE(table.find("(0 of 5000 rows)"), std::string::npos) << table;
  EXPECT_EQ(cells_of(table, "textvqa").back(), "—");
  EXPECT_NE(cells_of(table, "general9").back(), "—");
}

TEST(RunTableTest, KeepsModelsApart) {
  auto results = published_results("Mono-InternVL-2B");
  auto other = published_results("EVE-7B (HD)");
  for (auto& result : other) result.model = "other";
  results.insert(results.end(), other.begin(), other.end());
  const auto table = table_text(results, "Mono-InternVL-2B");
  EXPECT_NE(table.find("70.1"), std::string::npos);
  std::vector<results::TableRow> rows(results.size());
  EXPECT_EQ(average_rows(results, rows, "Emu3").size(), 4U);
}

}  // namespace
}  // namespace mono::evaluator
