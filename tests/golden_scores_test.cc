#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "tasks/metric/vqa_accuracy.h"
#include "tasks/pipeline/columns.h"
#include "tasks/reader/json_cells.h"
#include "tasks/reader/samples.h"
#include "tasks/registry.h"
#include "tests/golden_files.h"
#include "tests/sheet_cases.h"
#include "tests/task_cases.h"

namespace mono::tests {
namespace {

using nlohmann::json;

// What a table of expected numbers says about things that are no numbers of these rows.
const std::set<std::string> kNotCompared = {"submission_columns",
                                            "cells_changed_on_rereading_sheet"};

/// A golden file as a task's rows, with the columns its scorer sees.
struct Case {
  const tasks::Task& task;
  const tasks::Profile& profile;
  std::vector<json> golden{};
  std::vector<tasks::Row> rows{};
};

std::vector<tasks::Sample> samples_of(const std::vector<json>& golden) {
  std::vector<json> cells;
  for (const auto& row : golden) cells.push_back(row.at("row"));
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

std::string difference(const std::string& id, const std::string& field, const json& expected,
                       const json& actual) {
  if (expected == actual) return "";
  return "row " + id + ", " + field + ": expected " + expected.dump() + ", got " + actual.dump();
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

/// Compares one row; the columns are those of all rows.
class RowCheck {
 public:
  explicit RowCheck(const Case& test)
      : test_(test),
        positions_(tasks::answered_rows(test.rows)),
        predictions_(tasks::response_column(test.rows, positions_, test.profile)),
        answers_(tasks::cell_column(test.rows, positions_, "answer", test.profile)),
        choices_(tasks::choice_columns(test.rows, positions_, test.profile)) {}

  /// \returns the first difference, "" if there is none.
  std::string operator()(size_t i) {
    const auto& golden = test_.golden[i];
    const auto& id = test_.rows[i].sample->id;
    if (!test_.rows[i].score) return "row " + id + ": no score";
    const bool is_table = golden.at("row").contains("index");
    if (auto text = difference(id, "scored_text", golden.value("scored_text", golden["response"]),
                               predictions_.text(i));
        !text.empty()) {
      return text;
    }
    if (is_table) {
      const auto expected = golden.value("scored_answer", golden["row"]["answer"]);
      auto text = difference(id, "scored_answer", expected, answers_.text(i));
      if (text.empty()) text = check_choices(i, id);
      if (!text.empty()) return text;
    }
    for (const auto& [field, expected] : golden.items()) {
      if (auto text = check_field(i, id, field, expected); !text.empty()) return text;
    }
    return "";
  }

 private:
  std::string check_choices(size_t i, const std::string& id) {
    json actual = json::object();
    for (const auto& choice : choices_[i]) actual[std::string(1, choice.letter)] = choice.text;
    const auto& golden = test_.golden[i];
    return difference(id, "choices", golden.value("choices", choices_in_cells(golden["row"])),
                      actual);
  }

  std::string check_field(size_t i, const std::string& id, const std::string& field,
                          const json& expected) {
    static const std::set<std::string> kInputs = {"row",           "kind",    "response",
                                                  "scored_answer", "choices", "scored_text"};
    if (kInputs.contains(field)) return "";
    const auto& score = *test_.rows[i].score;
    const json answer = score.answer.empty() ? json() : json(score.answer);
    if (field == "hit") return difference(id, field, expected.get<double>(), score.value);
    if (field == "score") return difference(id, field, expected, score.value);
    if (field == "step") return difference(id, field, expected, score.how);
    if (field == "inferred") return difference(id, field, expected, answer);
    if (field == "opt") return difference(id, field, expected, answer.is_null() ? "Z" : answer);
    if (field == "letter" || field == "pred_norm") {
      return difference(id, field, expected, score.answer);
    }
    if (field == "raises") {
      return difference(id, field, expected.get<std::string>().substr(0, 10),
                        score.how.substr(score.how.find(' ') + 1));
    }
    if (field == "log") return difference(id, field, expected, score.log);
    if (field == "group_hit") {
      if (!score.is_counted) return "row " + id + ": expected a counted score";
      return difference(id, field, expected.get<double>(), score.value);
    }
    if (field == "gt_norm") return difference(id, field, expected, normalised_references(i));
    return "row " + id + ": unknown field '" + field + "'";
  }

  json normalised_references(size_t i) {
    const auto& sample = *test_.rows[i].sample;
    const auto accepted = sample.cell("answer") != nullptr
                              ? tasks::accepted_answers(answers_.text(i))
                              : sample.targets;
    json references = json::array();
    for (const auto& text : accepted) {
      references.push_back(tasks::normalise_vqa(text, test_.profile.vqa));
    }
    return references;
  }

  const Case& test_;
  std::vector<size_t> positions_;
  tasks::SheetColumn predictions_;
  tasks::SheetColumn answers_;
  std::vector<std::vector<tasks::Choice>> choices_;
};

/// Compares the table of expected numbers.
class TableCheck {
 public:
  explicit TableCheck(const Case& test)
      : test_(test), metrics_(test.task.metrics(test.rows, test.profile)) {}

  void operator()(const json& table) {
    for (const auto& [key, expected] : table.items()) {
      if (kNotCompared.contains(key)) {
        std::printf("not compared: %s\n", key.c_str());
      } else if (key == "n_rows") {
        EXPECT_EQ(expected.get<size_t>(), test_.rows.size());
      } else if (key == "raising") {
        EXPECT_EQ(expected.get<int>(), num_raising());
      } else if (key == "sum_of_scores") {
        EXPECT_EQ(expected.get<double>(), sum_of_scores());
      } else if (expected.is_array()) {
        for (const auto& line : expected) check_line(line);
      } else if (expected.is_object()) {
        check_line(expected);
      } else {
        check_metric(key, "", expected);
      }
    }
  }

 private:
  int num_raising() const {
    int count = 0;
    for (const auto& row : test_.rows) count += row.score->how.starts_with("raises") ? 1 : 0;
    return count;
  }

  double sum_of_scores() const {
    double sum = 0;
    for (const auto& row : test_.rows) sum += row.score->value;
    return sum;
  }

  void check_line(const json& line) {
    const auto split = line.value("split", "");
    size_t num_values = 0;
    for (const auto& [name, expected] : line.items()) {
      if (name == "split") continue;
      check_metric(name, split, expected);
      ++num_values;
    }
    size_t num_metrics = 0;
    for (const auto& metric : metrics_) num_metrics += metric.split == split ? 1 : 0;
    EXPECT_EQ(num_values, num_metrics) << "numbers of split '" << split << "'";
  }

  void check_metric(const std::string& name, const std::string& split, const json& expected) {
    for (const auto& metric : metrics_) {
      if (metric.name != name || metric.split != split) continue;
      if (expected.is_null()) {
        EXPECT_TRUE(std::isnan(metric.value)) << split << " " << name << ": got " << metric.value;
      } else {
        EXPECT_EQ(expected.get<double>(), metric.value) << split << " " << name;
      }
      return;
    }
    ADD_FAILURE() << "no metric '" << name << "' for split '" << split << "'";
  }

  const Case& test_;
  std::vector<tasks::Metric> metrics_;
};

void check_scores(const std::filesystem::path& path, const tasks::Task& task,
                  const tasks::Profile& profile) {
  Case test{.task = task, .profile = profile, .golden = read_golden_rows(path)};
  auto samples = samples_of(test.golden);
  ASSERT_EQ(samples.size(), test.golden.size());
  for (size_t i = 0; i < samples.size(); ++i) {
    test.rows.push_back({.sample = std::make_shared<const tasks::Sample>(std::move(samples[i])),
                         .response = test.golden[i].at("response")});
  }
  tasks::score_rows(task, profile, test.rows);

  RowCheck check(test);
  int num_different = 0;
  std::string first;
  for (size_t i = 0; i < test.rows.size(); ++i) {
    const auto text = check(i);
    if (text.empty()) continue;
    if (++num_different == 1) first = text;
  }
  EXPECT_EQ(num_different, 0) << "first of " << num_different << ": " << first;

  auto table_path = path;
  table_path.replace_extension(".expected.json");
  std::ifstream table(table_path);
  ASSERT_TRUE(table) << table_path << ": absent";
  TableCheck{test}(json::parse(table));
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
  if (profile == nullptr || !name.scorer.empty()) {
    GTEST_SKIP() << "scorer " << path.stem().string() << ": not supported yet";
  }
  check_scores(path, *task, *profile);
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden_files(argc, argv, "scores", ".jsonl", mono::tests::check_file);
}
