#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tasks/reader/json_cells.h"
#include "tasks/reader/judge_replies.h"
#include "tasks/reader/samples.h"
#include "tasks/registry.h"
#include "tests/golden_files.h"
#include "tests/golden_scores/families.h"
#include "tests/sheet_cases.h"
#include "tests/task_cases.h"

namespace mono::tests {
namespace {

using nlohmann::json;

std::vector<tasks::Sample> usual_samples(const ScoreCase& test) {
  std::vector<json> cells;
  for (const auto& row : test.golden) cells.push_back(row.at("row"));
  std::vector<tasks::Sample> samples;
  if (cells.front().contains("index")) {
    const ScratchFolder folder;
    return tasks::samples_of_table(tasks::read_tsv(folder.write("rows.tsv", tsv_of(cells))), {});
  }
  for (const auto& row : cells) {
    auto sample = tasks::sample_of_cells(tasks::cells_of_json(row), "golden row");
    sample.targets = tasks::texts_of_json(row.at("answers"), "golden row");
    samples.push_back(std::move(sample));
  }
  return samples;
}

/// Replies on record; rows whose prompts are equal share one list.
std::unique_ptr<tasks::Judge> recorded_judge(const ScoreCase& test) {
  std::vector<tasks::JudgeRecord> records;
  for (size_t i = 0; i < test.golden.size(); ++i) {
    const auto& row = test.golden[i];
    if (!row.contains("judge_replies")) continue;
    records.push_back({.sample_id = test.rows[i].sample->id,
                       .prompt_sha256 = row.at("judge_prompt_sha256"),
                       .replies = row["judge_replies"]});
  }
  if (records.empty()) return nullptr;
  return std::make_unique<tasks::RecordedJudge>(records);
}

json choices_in_cells(const json& cells) {
  json choices = json::object();
  for (char letter = 'A'; letter <= 'Z'; ++letter) {
    const auto found = cells.find(std::string(1, letter));
    if (found != cells.end() && found->is_string() && *found != "") {
      choices[std::string(1, letter)] = *found;
    }
  }
  return choices;
}

/// A row with what the file leaves out where it equals the row's own text.
json whole_row(const json& golden) {
  auto row = golden;
  if (!row.contains("row")) return row;
  if (!row.contains("scored_text")) row["scored_text"] = row.at("response");
  if (!row["row"].contains("index") || row["row"].contains("options")) return row;
  if (!row.contains("scored_answer")) row["scored_answer"] = row["row"].at("answer");
  if (!row.contains("choices")) row["choices"] = choices_in_cells(row["row"]);
  return row;
}

/// \returns the first difference of a row, "" if there is none.
std::string check_row(const ScoreCase& test, const ScoreFamily& family, ScoredColumns& columns,
                      size_t i) {
  if (!test.rows[i].score) return "row " + test.rows[i].sample->id + ": no score";
  // The files of judged rows do not repeat what the sheet made of a row.
  const bool is_whole = parse_golden_name(test.path).scorer != "judge";
  const auto row = is_whole ? whole_row(test.golden[i]) : test.golden[i];
  for (const auto& [field, expected] : row.items()) {
    const auto own = family.fields.find(field);
    const auto common = common_fields().find(field);
    if (own == family.fields.end() && common == common_fields().end()) {
      return "row " + test.rows[i].sample->id + ": unknown field '" + field + "'";
    }
    const auto& check = own != family.fields.end() ? own->second : common->second;
    if (auto text = check(test, columns, i, expected); !text.empty()) return text;
  }
  return "";
}

void check_rows(const ScoreCase& test, const ScoreFamily& family) {
  ScoredColumns columns(test);
  int num_different = 0;
  std::string first;
  for (size_t i = 0; i < test.rows.size(); ++i) {
    const auto text = check_row(test, family, columns, i);
    if (!text.empty() && ++num_different == 1) first = text;
  }
  EXPECT_EQ(num_different, 0) << "first of " << num_different << ": " << first;
}

void check_scores(const std::filesystem::path& path, const tasks::Task& task,
                  const tasks::Profile& profile) {
  const auto family = family_of(task.name());
  ScoreCase test{.task = task,
                 .profile = profile,
                 .golden = family.golden ? family.golden(path) : read_golden_rows(path),
                 .path = path};
  auto samples = family.samples ? family.samples(test) : usual_samples(test);
  ASSERT_EQ(samples.size(), test.golden.size());
  for (size_t i = 0; i < samples.size(); ++i) {
    test.rows.push_back({.sample = std::make_shared<const tasks::Sample>(std::move(samples[i])),
                         .response = test.golden[i].at("response")});
  }
  const auto judge = family.judge ? family.judge(test) : recorded_judge(test);
  tasks::score_rows(task, profile, test.rows, judge ? *judge : tasks::no_judge());
  check_rows(test, family);

  auto table_path = path;
  table_path.replace_extension(".expected.json");
  std::ifstream table(table_path);
  ASSERT_TRUE(table) << table_path << ": absent";
  const auto expected = json::parse(table);
  family.table ? family.table(test, expected) : check_common_table(test, expected);
}

void check_file(const std::filesystem::path& path) {
  const auto name = parse_golden_name(path);
  if (name.benchmark == "xlsx-roundtrip") {
    if (name.profile != "vek" && name.profile != "vek-2024") {
      GTEST_SKIP() << "sheet of profile '" << name.profile << "': not supported yet";
    }
    return check_sheet(path, name.profile);
  }
  const auto* const task = tasks::find_task(name.benchmark);
  if (task == nullptr) GTEST_SKIP() << "benchmark " << name.benchmark << ": not supported yet";
  const auto* const profile = find_profile(*task, name.profile);
  if (profile == nullptr || (!name.scorer.empty() && name.scorer != "judge")) {
    GTEST_SKIP() << "scorer " << path.stem().string() << ": not supported yet";
  }
  check_scores(path, *task, *profile);
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden_files(argc, argv, "scores", ".jsonl", mono::tests::check_file);
}
