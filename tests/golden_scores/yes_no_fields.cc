#include <gtest/gtest.h>

#include "tasks/reader/json_cells.h"
#include "tasks/reader/samples.h"
#include "tests/golden_scores/families.h"
#include "tests/task_cases.h"

namespace mono::tests {
namespace {

using nlohmann::json;

std::string check_answer(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  return difference(test, row, "answer read", expected, test.rows[row].score->answer);
}

/// A file `.judge` lists only the rows that a judge was asked about; the others are those of the
/// file beside it without `.judge`.
std::vector<json> rows_with_judged(const std::filesystem::path& file) {
  const std::string suffix = ".judge.jsonl";
  auto rows = read_golden_rows(file);
  const auto name = file.string();
  if (!name.ends_with(suffix)) return rows;
  std::map<json, json> judged;
  for (auto& row : rows) judged.emplace(row.at("row").at("index"), row);
  rows = read_golden_rows(name.substr(0, name.size() - suffix.size()) + ".jsonl");
  for (auto& row : rows) {
    const auto found = judged.find(row.at("row").at("index"));
    if (found == judged.end()) continue;
    row = found->second;
    judged.erase(found);
  }
  EXPECT_TRUE(judged.empty()) << "judged rows that the file beside does not have";
  return rows;
}

std::vector<tasks::Sample> mme_samples(const ScoreCase& test) {
  if (test.golden.front().at("row").contains("index")) return samples_of_table_rows(test.golden);
  std::vector<tasks::Sample> samples;
  for (const auto& row : test.golden) {
    auto cells = tasks::cells_of_json(row.at("row"));
    cells.emplace_back("index", std::to_string(samples.size() + 1));
    samples.push_back(tasks::sample_of_cells(std::move(cells), "golden row"));
  }
  return samples;
}

void check_mean_of_three(const ScoreCase& test, const json& table) {
  auto renamed = table;
  const std::string by_hand = "mean_of_three_by_hand";
  if (renamed.contains(by_hand)) {
    renamed["mean_of_aAcc_fAcc_qAcc"] = renamed[by_hand];
    renamed.erase(by_hand);
  }
  check_common_table(test, renamed);
}

/// The expected numbers of MME by name, whichever of the two tools printed them.
std::map<std::string, json> mme_numbers(const json& table) {
  std::map<std::string, json> numbers;
  const auto add = [&](const json& line) {
    for (const auto& [name, value] : line.items()) numbers.emplace(name, value);
  };
  for (const auto& [key, value] : table.items()) {
    if (key == "n_rows") continue;
    if (value.is_number()) {
      numbers.emplace(key, value);
    } else if (value.is_array()) {
      for (const auto& line : value) add(line);
    } else {
      for (const auto& [half, line] : value.items()) {
        add(line);
        numbers[half] = numbers.at("total");
        numbers.erase("total");
      }
    }
  }
  return numbers;
}

void check_mme_table(const ScoreCase& test, const json& table) {
  EXPECT_EQ(table.at("n_rows").get<size_t>(), test.rows.size());
  const auto metrics = test.task.metrics(test.rows, test.profile);
  const auto numbers = mme_numbers(table);
  for (const auto& [name, expected] : numbers) check_metric(metrics, name, "", expected);
  const std::set<std::string> ours_alone = {"sum", "unknown", "other"};
  for (const auto& metric : metrics) {
    EXPECT_TRUE(numbers.contains(metric.name) || ours_alone.contains(metric.name)) << metric.name;
  }
}

}  // namespace

ScoreFamily hallusionbench_family() {
  return {.fields = {{"extracted", check_answer}},
          .table = check_mean_of_three,
          .rows = rows_with_judged};
}

ScoreFamily mme_family() {
  ScoreFamily family{
      .fields = {{"extracted", check_answer},
                 {"label", check_answer},
                 {"cleaned",
                  [](const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
                    return difference(test, row, "cleaned", expected,
                                      step_of(*test.rows[row].score, "cleaned"));
                  }},
                 {"skipped",
                  [](const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
                    const bool is_skipped = test.rows[row].score->how.starts_with("skipped");
                    return difference(test, row, "skipped", expected, is_skipped);
                  }}},
      .table = check_mme_table,
      .samples = mme_samples,
      .rows = rows_with_judged};
  return family;
}

}  // namespace mono::tests
