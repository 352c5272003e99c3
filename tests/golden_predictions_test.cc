// VLMEvalKit's golden answers as other programs' files hold them, read back by `read_predictions`:
// every verdict is the golden row's own. The exception: predictions that stand alone fail where
// their accepted answer is missing or no option's letter (upstream: wrong); those are counted.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "evaluator/export/export.h"
#include "tasks/reader/layouts.h"
#include "tasks/reader/predictions.h"
#include "tasks/registry.h"
#include "tests/golden_files.h"
#include "tests/golden_scores/scored_case.h"
#include "tests/task_cases.h"
#include "tests/temporary_folder.h"

namespace mono::tests {
namespace {

using nlohmann::ordered_json;
using Rows = std::vector<tasks::Row>;

constexpr const char* kBadAnswer = "column 'answer': expected ";

bool is_letter(const std::string& text) {
  return text.size() == 1 && text[0] >= 'A' && text[0] <= 'Z';
}

std::string cell_in(const nlohmann::json& golden, const std::string& name) {
  const auto& row = golden.at("row");
  if (!row.contains(name)) return "";
  return row[name].is_string() ? row[name].get<std::string>() : row[name].dump();
}

bool has_options(const nlohmann::json& golden) {
  for (const auto& [name, cell] : golden.at("row").items()) {
    if (is_letter(name) && !cell_in(golden, name).empty()) return true;
  }
  return false;
}

/// The rows that fail for their accepted answer where they stand alone.
std::vector<size_t> rows_with_bad_answers(const ScoreCase& test) {
  const bool are_letters = tasks::layout_of(test.task.name()).answers_are_letters;
  std::set<std::string> answered;  // splits; in any other the answers are kept back
  for (const auto& golden : test.golden) {
    if (!cell_in(golden, "answer").empty()) answered.insert(cell_in(golden, "split"));
  }
  std::vector<size_t> bad;
  for (size_t i = 0; i < test.golden.size(); ++i) {
    const auto answer = cell_in(test.golden[i], "answer");
    const bool is_lost = answer.empty() && answered.contains(cell_in(test.golden[i], "split"));
    const bool is_no_option = are_letters && !answer.empty() && has_options(test.golden[i]) &&
                              !(is_letter(answer) && test.golden[i]["row"].contains(answer));
    if (is_lost || is_no_option) bad.push_back(i);
  }
  return bad;
}

Rows with_failed(Rows rows, std::span<const size_t> failed) {
  for (const size_t i : failed) rows[i].error = kBadAnswer;
  return rows;
}

/// The table as VLMEvalKit keeps it: the golden cells as they are, and the answers.
std::string table_text(const ScoreCase& test) {
  std::vector<nlohmann::json> rows;
  for (const auto& golden : test.golden) {
    rows.push_back(golden.at("row"));
    rows.back()["prediction"] = golden.at("response");
  }
  return tsv_of(rows);
}

struct ToJson {
  ordered_json operator()(std::monostate) const { return nullptr; }
  template <typename T>
  ordered_json operator()(const T& value) const {
    return value;
  }
};

/// An object a row, the cells as pandas has typed them.
std::string json_lines_text(const ScoreCase& test) {
  std::string text;
  for (const auto& row : test.rows) {
    ordered_json line;
    for (const auto& [name, cell] : row.sample->cells) {
      line[name] = std::visit(ToJson{}, evaluator::written_cell(*row.sample, name));
    }
    line["prediction"] = row.response;
    text += line.dump() + "\n";
  }
  return text;
}

ordered_json number(double value) {
  return std::isnan(value) ? ordered_json() : ordered_json(value);
}

ordered_json verdict(const tasks::Row& row) {
  const bool lacks_answer = row.error.find(kBadAnswer) != std::string::npos;
  ordered_json json = {{"id", row.sample->id}, {"error", lacks_answer ? kBadAnswer : row.error}};
  if (!row.score) return json;
  const auto& score = *row.score;
  json.update({{"state", static_cast<int>(score.state)},
               {"value", score.value},
               {"answer", score.answer},
               {"how", score.how},
               {"log", score.log},
               {"is_counted", score.is_counted},
               {"best_value", score.best_value},
               {"steps", score.steps},
               {"run_values", score.run_values}});
  for (const auto& exchange : score.asked) json["asked"].push_back(exchange.reply);
  return json;
}

ordered_json metrics_json(const ScoreCase& test, const Rows& rows) {
  ordered_json json;
  if (tasks::count_scored(rows) == 0) return json;
  for (const auto& metric : test.task.metrics(rows, test.profile)) {
    json.push_back({metric.name, metric.split, metric.count, number(metric.value),
                    number(metric.standard_error.value_or(0))});
  }
  return json;
}

std::string text_of(const ordered_json& json) {
  return json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Rows scored(const ScoreCase& test, Rows rows, const tasks::Profile& profile) {
  const auto judge = judge_of(test);
  tasks::score_rows(test.task, profile, rows, judge ? *judge : tasks::no_judge());
  return rows;
}

void expect_same(const ScoreCase& test, const Rows& expected, const Rows& actual) {
  ASSERT_EQ(actual.size(), expected.size());
  int num_different = 0;
  std::string first;
  for (size_t i = 0; i < expected.size(); ++i) {
    const auto wanted = verdict(expected[i]);
    const auto got = verdict(actual[i]);
    if (wanted == got || ++num_different > 1) continue;
    first =
        "row " + expected[i].sample->id + ": expected " + text_of(wanted) + ", got " + text_of(got);
  }
  EXPECT_EQ(num_different, 0) << "first of " << num_different << ": " << first;
  EXPECT_EQ(metrics_json(test, actual), metrics_json(test, expected));
}

/// One file that goes out and comes back.
class RoundTrip {
 public:
  explicit RoundTrip(const ScoreCase& test)
      : test_(test), expected_(scored(test, test.rows, test.profile)), alone_(expected_) {
    for (const auto& row : test.rows) samples_.push_back(row.sample);
    const auto bad = rows_with_bad_answers(test);
    if (bad.empty()) return;
    std::printf("rows that fail for their answer where they stand alone: %zu\n", bad.size());
    alone_ = scored(test, with_failed(test.rows, bad), test.profile);
  }

  /// \param is_alone  Without the dataset beside it.
  void check(const std::filesystem::path& path, const std::string& form, bool is_alone) const {
    SCOPED_TRACE(form + (is_alone ? "" : " beside the data"));
    using Samples = std::span<const std::shared_ptr<const tasks::Sample>>;
    const auto samples = is_alone ? Samples() : Samples(samples_);
    auto set = tasks::read_predictions(path, test_.task, test_.profile, samples);
    give_back_line_breaks(set.rows);
    const auto profile = tasks::scoring_profile(test_.profile, set);
    expect_same(test_, is_alone ? alone_ : expected_, scored(test_, std::move(set.rows), profile));
  }

 private:
  // A line break is a blank in InternVL's lines of MME; the recorded judge saw the line break.
  void give_back_line_breaks(Rows& rows) const {
    for (size_t i = 0; test_.task.name() == "mme" && i < rows.size(); ++i) {
      auto line = test_.rows.at(i).response;
      std::replace(line.begin(), line.end(), '\n', ' ');
      if (rows[i].response == line) rows[i].response = test_.rows[i].response;
    }
  }

  const ScoreCase& test_;
  Rows expected_;
  Rows alone_;  // what is expected without the dataset
  std::vector<std::shared_ptr<const tasks::Sample>> samples_{};
};

bool holds_its_questions(const std::string& form) {
  return form.starts_with("vlmevalkit") || form == "lm-eval";
}

void check_forms(const std::filesystem::path& file, const tasks::Task& task,
                 const tasks::Profile& profile) {
  const auto test = read_score_case(file, task, profile);
  const RoundTrip trip(test);
  const TemporaryFolder folder;
  trip.check(folder.write("p.tsv", table_text(test)), "golden cells, tsv", true);
  trip.check(folder.write("p.jsonl", json_lines_text(test)), "golden cells, jsonl", true);
  for (const auto& form : evaluator::export_formats()) {
    const auto path = folder.path() / ("p." + form);
    try {
      evaluator::write_predictions(form, path, test.rows, task, profile);
    } catch (const model::UsageError&) {
      EXPECT_EQ(form, "internvl-json") << "only InternVL has no file for some benchmarks";
      continue;
    }
    trip.check(path, form, false);
    if (holds_its_questions(form)) trip.check(path, form, true);
  }
}

void check_file(const std::filesystem::path& file) {
  const auto name = parse_golden_name(file);
  const auto* const task = tasks::find_task(name.benchmark);
  ASSERT_NE(task, nullptr) << "unknown benchmark " << name.benchmark;
  const auto* const profile = find_profile(*task, name.profile);
  ASSERT_NE(profile, nullptr) << "unknown profile " << name.profile;
  check_forms(file, *task, *profile);
}

int add_cases(const std::filesystem::path& folder) {
  int num_files = 0;
  for (const auto& file : golden_files(folder, ".jsonl")) {
    const auto name = parse_golden_name(file);
    if (name.benchmark == "xlsx-roundtrip" || !name.profile.starts_with("vek")) continue;
    ++num_files;
    register_golden_case("golden_predictions", file.filename().string(),
                         [file] { check_file(file); });
  }
  return num_files;
}

}  // namespace
}  // namespace mono::tests

int main(int argc, char** argv) {
  return mono::tests::run_golden(argc, argv, "scores", mono::tests::add_cases,
                                 "VLMEvalKit answers");
}
