#include "results/averages.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "model/adapter.h"
#include "results/paper_table.h"
#include "results/reference/published.h"

namespace mono::results {
namespace {

using Values = std::map<std::string, double, std::less<>>;

ValueOf value_of(const Values& values) {
  return [&values](std::string_view task) -> std::optional<double> {
    const auto found = values.find(task);
    return found == values.end() ? std::nullopt : std::optional(found->second);
  };
}

std::string printed(const std::optional<Average>& average) {
  return average ? fmt::format("{:.1f}", average->value) : "-";
}

TEST(AveragesTest, BringsEveryRowToAHundred) {
  Values values;
  for (const auto& row : general9()) values[std::string(row.task)] = 50 * row.divisor;
  EXPECT_DOUBLE_EQ(average(general9(), value_of(values))->value, 50);
  EXPECT_EQ(average(general9(), value_of(values))->num_rows, 9);
  EXPECT_EQ(vqa7().size(), 7U);
}

TEST(AveragesTest, HasNoneWhereARowIsMissingUnlessItWasPublishedSo) {
  Values values;
  for (const auto& row : vqa7()) values[std::string(row.task)] = 10;
  values.erase("gqa");
  EXPECT_FALSE(average(vqa7(), value_of(values)));
  EXPECT_EQ(average(vqa7(), value_of(values), MissingRows::kAsPublished)->num_rows, 6);
  values.erase("docvqa");
  EXPECT_FALSE(average(vqa7(), value_of(values), MissingRows::kAsPublished));
  EXPECT_FALSE(average(vqa7(), value_of({}), MissingRows::kAsPublished));
  values["gqa"] = values["docvqa"] = std::nan("");
  EXPECT_FALSE(average(vqa7(), value_of(values)));
}

/// Every number of the README's table by model and task, from the records the spec holds.
std::map<std::string, Values> reference_values(const std::filesystem::path& file) {
  const std::map<std::string, std::string> tasks = {{"MMVet", "mmvet"},
                                                    {"MMMU", "mmmu"},
                                                    {"MME", "mme"},
                                                    {"MMB", "mmbench_en"},
                                                    {"MathVista", "mathvista"},
                                                    {"SEED-I", "seed_image"},
                                                    {"OCRBench", "ocrbench"},
                                                    {"HallB", "hallusionbench"},
                                                    {"CCB", "ccbench"},
                                                    {"TextVQA", "textvqa"},
                                                    {"SQA-I", "scienceqa"},
                                                    {"GQA", "gqa"},
                                                    {"DocVQA", "docvqa"},
                                                    {"AI2D", "ai2d"},
                                                    {"ChartQA", "chartqa"},
                                                    {"InfoVQA", "infovqa"},
                                                    {"Avg-MM9", "general9"},
                                                    {"Avg-VQA7", "vqa7"}};
  std::ifstream stream(file);
  std::map<std::string, Values> models;
  for (const auto& record : nlohmann::json::parse(stream)) {
    const std::string source = record.at("source");
    const auto task = tasks.find(record.at("benchmark").get<std::string>());
    if (!source.starts_with("OpenGVLab/Mono-InternVL README") || task == tasks.end()) continue;
    const std::string model = record.at("model");
    models[model.substr(0, model.find(" (Mini"))][task->second] = record.at("value");
  }
  return models;
}

struct Printed {
  const char* model;
  const char* general;
  const char* vqa;
};
constexpr Printed kPrinted[] = {{"Mono-InternVL-2B", "55.2", "70.1"},
                                {"InternVL-1.5-2B", "54.4", "71.7"},
                                {"Chameleon-7B", "16.1", "17.9"},
                                {"EVE-7B (HD)", "38.9", "54.6"},
                                {"Emu3", "-", "67.6"}};

TEST(AveragesTest, ComeOutOfTheReferenceResultsAsPrinted) {
  const char* const given = std::getenv("MONO_SPEC");
  const std::filesystem::path folder = given != nullptr ? given : MONO_DEFAULT_SPEC;
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << folder << " is not there";
  const auto models = reference_values(folder / "reference_results.json");
  ASSERT_EQ(models.size(), std::size(kPrinted));
  for (const auto& [model, general, vqa] : kPrinted) {
    const auto& values = models.at(model);
    const auto nine = average(general9(), value_of(values), MissingRows::kAsPublished);
    const auto seven = average(vqa7(), value_of(values), MissingRows::kAsPublished);
    EXPECT_EQ(printed(nine), general) << model;
    EXPECT_EQ(printed(seven), vqa) << model;
    // The numbers this program carries are those of the records, none more and none less.
    for (const auto& rows : {general9(), vqa7()}) {
      for (const auto& row : rows) {
        const auto known = published(model, row.task);
        EXPECT_EQ(known ? std::optional(known->value) : std::nullopt, value_of(values)(row.task))
            << model << " " << row.task;
      }
    }
  }
}

TEST(AveragesTest, StandInTheTableAsPrinted) {
  for (const auto& [model, general, vqa] : kPrinted) {
    const std::string names[] = {model};
    const auto table = paper_table({}, names);
    ASSERT_EQ(table.columns.size(), 1U);
    EXPECT_EQ(printed(table.columns[0].general), general) << model;
    EXPECT_EQ(printed(table.columns[0].vqa), vqa) << model;
  }
}

RunTask finished(const std::string& task, const std::string& profile, double value) {
  return {.label = task + "." + profile,
          .task = task,
          .profile = profile,
          .profile_version = 1,
          .is_complete = true,
          .num_rows = 100,
          .num_scored = 100,
          .rows_in_dataset = 100,
          .cell = {.value = value, .interval = Interval{value - 1, value + 1}},
          .samples = task + "/samples.jsonl"};
}

TEST(PaperTableTest, ShowsADashWithoutDataAndAMarkOnWhatIsNoFullScore) {
  RunFolder run{.model = "mono_2b"};
  run.tasks = {finished("textvqa", "ivl", 72.6), finished("ocrbench", "vek-2024", 0)};
  run.tasks[0].num_rows = run.tasks[0].num_scored = 40;
  const RunFolder runs[] = {run};
  const auto table = paper_table(runs, {});
  const auto markdown = paper_table_markdown(table);
  EXPECT_NE(markdown.find("| TextVQA val | ivl | 72.6\\* \\[71.6, 73.6\\] |"), std::string::npos)
      << markdown;
  EXPECT_NE(markdown.find("| OCRBench | vek-2024 | 0 \\[-1, 1\\] |"), std::string::npos)
      << markdown;
  EXPECT_NE(markdown.find("| GQA test-dev | ivl | — |"), std::string::npos);
  EXPECT_NE(markdown.find("| Avg (7) |  | — |"), std::string::npos);
  EXPECT_NE(markdown.find("40 of 100 rows"), std::string::npos);
  const auto latex = paper_table_latex(table);
  EXPECT_NE(latex.find("mono\\_2b"), std::string::npos);
  EXPECT_NE(latex.find("GQA test-dev & ivl & -- \\\\"), std::string::npos) << latex;
}

TEST(PaperTableTest, KeepsRecipesApart) {
  RunFolder run{.model = "mono"};
  run.tasks = {finished("textvqa", "ivl", 72), finished("textvqa", "vek", 71)};
  const RunFolder runs[] = {run};
  const auto table = paper_table(runs, {});
  ASSERT_EQ(table.columns.size(), 2U);
  EXPECT_EQ(table.columns[0].title, "mono");
  EXPECT_EQ(table.columns[1].title, "mono [vek]");
  EXPECT_EQ(table.columns[1].find("textvqa")->value, 71);
}

TEST(PaperTableTest, SaysWhatIsUnfinishedAndWhatIsNotInTheTable) {
  RunFolder run{.model = "mono"};
  run.tasks = {finished("textvqa", "ivl", 72), finished("docvqa_val", "ivl", 80)};
  run.tasks[0].is_complete = false;
  const RunFolder runs[] = {run};
  const auto table = paper_table(runs, {});
  EXPECT_EQ(table.columns[0].find("textvqa"), nullptr);
  EXPECT_EQ(table.columns[0].remarks,
            (std::vector<std::string>{"textvqa.ivl: unfinished", "docvqa_val.ivl: 80.00"}));
}

TEST(PaperTableTest, WhatIsNotInTheTableAddsNoColumn) {
  RunFolder run{.model = "mono"};
  run.tasks = {finished("docvqa_val", "vek", 80), finished("textvqa", "vek", 71)};
  run.tasks[0].rows_in_dataset = run.tasks[0].num_rows + 5;
  const RunFolder runs[] = {run};
  const auto table = paper_table(runs, {});
  ASSERT_EQ(table.columns.size(), 1U);
  EXPECT_EQ(table.columns[0].title, "mono [vek]");
  EXPECT_EQ(table.columns[0].remarks,
            (std::vector<std::string>{"docvqa_val.vek: 80.00 (100 of 105 rows)"}));
}

TEST(PaperTableTest, RefusesAModelNobodyPublished) {
  const std::string names[] = {"InternVL9"};
  EXPECT_THROW(paper_table({}, names), model::UsageError);
}

}  // namespace
}  // namespace mono::results
