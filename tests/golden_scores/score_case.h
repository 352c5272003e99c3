#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tasks/pipeline/columns.h"
#include "tasks/task.h"
#include "tests/golden_scores/judge_calls.h"

/// What the golden test of scores knows of a file: its rows, scored, and how to compare them.
namespace mono::tests {

/// A golden file as a task's rows, with the columns its scorer sees. Rows without `row` (a scorer
/// that takes other scorers' output) have the samples that their loader made.
struct ScoreCase {
  const tasks::Task& task;
  const tasks::Profile& profile;
  std::vector<nlohmann::json> golden{};
  std::vector<tasks::Row> rows{};
  JudgeCalls calls{};            // what the judge was asked
  std::filesystem::path file{};  // the golden file
};

/// The columns of all rows of a case as the profile's scorer sees them.
struct ScoredColumns {
  explicit ScoredColumns(const ScoreCase& test)
      : positions(tasks::answered_rows(test.rows)),
        predictions(tasks::response_column(test.rows, positions, test.profile)),
        answers(tasks::cell_column(test.rows, positions, "answer", test.profile)),
        choices(tasks::choice_columns(test.rows, positions, test.profile)) {}

  std::vector<size_t> positions;
  tasks::SheetColumn predictions;
  tasks::SheetColumn answers;
  std::vector<std::vector<tasks::Choice>> choices;
};

/// Compares one field of a golden row with ours.
/// \returns the difference in words, "" if there is none.
using FieldCheck = std::function<std::string(const ScoreCase& test, ScoredColumns& columns,
                                             size_t row, const nlohmann::json& expected)>;
using FieldChecks = std::map<std::string, FieldCheck>;

/// "row <id>, <field>: expected ..., got ..."; "" where the two are equal.
std::string difference(const ScoreCase& test, size_t row, const std::string& field,
                       const nlohmann::json& expected, const nlohmann::json& actual);

/// The value of a step the scorer recorded; null if it recorded none of that name.
nlohmann::json step_of(const tasks::Score& score, const std::string& name);

/// What a family of benchmarks compares in its own way; empty functions are the usual one.
struct ScoreFamily {
  FieldChecks fields{};  // before the common ones of the same name
  /// Compares the whole table of expected numbers.
  std::function<void(const ScoreCase& test, const nlohmann::json& table)> table{};
  /// The samples of a file's rows.
  std::function<std::vector<tasks::Sample>(const ScoreCase& test)> samples{};
  /// The judge of a file whose rows were judged; the usual one answers with `judge_replies`.
  std::function<std::unique_ptr<tasks::Judge>(const ScoreCase& test)> judge{};
  /// The rows of a file, completed from the files beside it where it refers to them; the usual ones
  /// are its lines.
  std::function<std::vector<nlohmann::json>(const std::filesystem::path& file)> rows{};
};

/// Replies on record in the field `judge_replies`; rows whose prompts are equal share one list.
/// \returns null if no row has any.
std::unique_ptr<tasks::Judge> recorded_judge(const ScoreCase& test);

/// The samples of rows of a VLMEvalKit table, typed over whole columns.
std::vector<tasks::Sample> samples_of_table_rows(const std::vector<nlohmann::json>& golden);

/// Fields that mean the same in every benchmark.
const FieldChecks& common_fields();

/// Compares tables of lines `{"split": ..., <metric>: <value>, ...}` and single metrics.
void check_common_table(const ScoreCase& test, const nlohmann::json& table);

/// Compares one metric with the task's of that name and split; null stands for NaN.
void check_metric(const std::vector<tasks::Metric>& metrics, const std::string& name,
                  const std::string& split, const nlohmann::json& expected);

}  // namespace mono::tests
