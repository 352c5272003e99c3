#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tasks/registry.h"
#include "tests/golden_files.h"
#include "tests/golden_scores/families.h"
#include "tests/golden_scores/scored_case.h"
#include "tests/sheet_cases.h"
#include "tests/task_cases.h"

namespace mono::tests {
namespace {

using nlohmann::json;

json choices_in_cells(const json& cells) {
  json choices = json::object();
  for (char letter = 'A'; letter <= 'Z'; ++letter) {
    const auto found = cells.find(std::string(1, letter));
    const auto text = found != cells.end() && found->is_string() ? found->get<std::string>() : "";
    if (!text.empty()) choices[std::string(1, letter)] = text;
  }
  return choices;
}

/// A row with what the file leaves out where it equals the row's own text.
json whole_row(const json& golden) {
  auto row = golden;
  if (!row.contains("row") || row.contains("judge_prompt_chars")) return row;
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
  const bool is_whole = parse_golden_name(test.file).scorer != "judge";
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

/// Of all files; the last case, a visible skip where no prompt could be made for want of texts.
void check_prompts() {
  const auto& counts = prompt_counts();
  std::printf("judge prompts compared by hash: %d\n", counts.compared);
  if (counts.compared + counts.not_compared == 0) return;
  if (std::getenv("MONO_JUDGE_PROMPTS") == nullptr) {
    GTEST_SKIP() << "the hashes of " << counts.not_compared << " judge prompts: MONO_JUDGE_PROMPTS "
                 << "names no folder of their texts (scripts/judge_prompts.py makes one)";
  }
  EXPECT_EQ(counts.not_compared, 0) << "prompts whose texts are not in the folder";
}

void check_scores(const std::filesystem::path& path, const tasks::Task& task,
                  const tasks::Profile& profile) {
  const auto family = family_of(task.name());
  auto test = read_score_case(path, task, profile);
  const auto judge = judge_of(test);
  ListeningJudge listener(judge ? *judge : tasks::no_judge(), test.calls);
  tasks::score_rows(task, profile, test.rows, listener);
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
      GTEST_FAIL() << "sheet of an unknown profile '" << name.profile << "'";
    }
    return check_sheet(path, name.profile);
  }
  const auto* const task = tasks::find_task(name.benchmark);
  if (task == nullptr) GTEST_FAIL() << "unknown benchmark " << name.benchmark;
  const auto* const profile = find_profile(*task, name.profile);
  if (profile == nullptr || (!name.scorer.empty() && name.scorer != "judge")) {
    GTEST_FAIL() << "unknown profile or scorer " << path.stem().string();
  }
  check_scores(path, *task, *profile);
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden(argc, argv, "scores", [](const std::filesystem::path& folder) {
    const auto files = mono::tests::golden_files(folder, ".jsonl");
    for (const auto& file : files) {
      mono::tests::register_golden_case("golden_scores", file.filename().string(),
                                        [file] { mono::tests::check_file(file); });
    }
    mono::tests::register_golden_case("golden_scores", "judge prompts", mono::tests::check_prompts);
    return static_cast<int>(files.size());
  });
}
