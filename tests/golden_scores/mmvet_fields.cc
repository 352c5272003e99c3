#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tasks/reader/column_types.h"
#include "tasks/reader/id_map_predictions.h"
#include "tasks/reader/judge_replies.h"
#include "tasks/text/python_number.h"
#include "tests/golden_scores/families.h"

namespace mono::tests {
namespace {

using nlohmann::json;

bool is_official(const ScoreCase& test) {
  return test.profile.mmvet.grader == tasks::MmVetGrader::kOfficial;
}

std::vector<tasks::Sample> samples(const ScoreCase& test) {
  if (!is_official(test)) return samples_of_table_rows(test.golden);
  std::vector<tasks::Sample> samples;
  for (const auto& golden : test.golden) {
    const auto& row = golden.at("row");
    samples.push_back(tasks::mmvet_sample(row.at("qid"), row, "golden row"));
  }
  return samples;
}

/// The official grader's calls of each run, one record each.
std::unique_ptr<tasks::Judge> judge(const ScoreCase& test) {
  if (!is_official(test)) return recorded_judge(test);
  std::vector<tasks::JudgeRecord> records;
  for (const auto& golden : test.golden) {
    std::map<int, tasks::JudgeRecord> runs;
    for (const auto& ask : golden.at("asks")) {
      auto& record = runs[ask.at("run")];
      record.run = ask.at("run");
      record.sample_id = golden.at("row").at("qid");
      if (record.replies.empty()) record.prompt_sha256 = ask.at("prompt_sha256");
      record.replies.push_back(ask.at("reply"));
    }
    for (const auto& [run, record] : runs) records.push_back(record);
  }
  return std::make_unique<tasks::RecordedJudge>(records, judge_prompts());
}

std::string check_asks(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  json actual = json::array();
  json wanted = json::array();
  const auto& calls = test.calls.at(test.rows[row].sample->id);
  const auto& asked = test.rows[row].score->asked;
  for (size_t i = 0; i < asked.size(); ++i) {
    actual.push_back({calls.at(i).run, calls.at(i).temperature, asked[i].reply});
  }
  for (const auto& ask : expected) {
    wanted.push_back({ask.at("run"), ask.at("temperature"), ask.at("reply")});
  }
  if (auto text = difference(test, row, "asks", wanted, actual); !text.empty()) return text;
  for (size_t i = 0; i < expected.size(); ++i) {
    const auto text = prompt_difference(calls.at(i), {{"sha256", expected[i].at("prompt_sha256")},
                                                      {"chars", expected[i].at("prompt_chars")}});
    if (!text.empty()) return "row " + test.rows[row].sample->id + ", " + text;
  }
  return "";
}

std::string check_content(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  json actual = json::array();
  for (const auto& [step, value] : test.rows[row].score->steps) {
    if (step == "content") actual.push_back(value);
  }
  return difference(test, row, "content", expected, actual);
}

std::string check_score(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  const auto& score = *test.rows[row].score;
  if (expected.is_array()) return difference(test, row, "score", expected, score.run_values);
  return difference(test, row, "score", expected.get<double>(), score.value);
}

std::vector<std::string> names_in(const std::vector<tasks::Metric>& metrics,
                                  const std::string& split) {
  std::vector<std::string> names;
  for (const auto& metric : metrics) {
    if (metric.split == split) names.push_back(metric.name);
  }
  return names;
}

const tasks::Metric& metric_named(const std::vector<tasks::Metric>& metrics,
                                  const std::string& name, const std::string& split) {
  for (const auto& metric : metrics) {
    if (metric.name == name && metric.split == split) return metric;
  }
  model::fail("no metric ", name);
}

/// The fine table exists only as a CSV file, and the golden one is that file as pandas read it,
/// whose parser is not correctly rounded.
std::vector<tasks::Metric> read_from_csv(std::vector<tasks::Metric> metrics) {
  for (auto& metric : metrics) {
    metric.value = tasks::parse_pandas_float(tasks::float_repr(metric.value)).value();
  }
  return metrics;
}

void check_vlmevalkit_lines(const std::vector<tasks::Metric>& metrics, const json& lines,
                            const std::string& split) {
  for (const auto& line : lines) {
    const auto name = line.at("Category").get<std::string>();
    check_metric(metrics, name, split, line.at("acc"));
    EXPECT_EQ(metric_named(metrics, name, split).count, line.at("tot").get<int>()) << name;
  }
  EXPECT_EQ(names_in(metrics, split).size(), lines.size());
}

/// The run totals as NumPy prints them: `[52.3, 52.3, 53.5]`.
std::string runs_text(const std::vector<tasks::Metric>& metrics) {
  std::string text;
  for (const auto& metric : metrics) {
    if (metric.split != "runs") continue;
    text += (text.empty() ? "[" : ", ") + fmt::format("{}", metric.value);
  }
  return text + "]";
}

void check_official_line(const std::vector<tasks::Metric>& metrics, const json& line,
                         const std::string& split) {
  for (const auto& [name, expected] : line.items()) {
    if (name == "runs") {
      EXPECT_EQ(expected, runs_text(metrics));
    } else {
      const bool is_total = name == "total" || name == "std";
      check_metric(metrics, name, is_total ? "" : split, expected);
    }
  }
}

void check_table(const ScoreCase& test, const json& table) {
  const auto metrics = test.task.metrics(test.rows, test.profile);
  if (!is_official(test)) {
    EXPECT_EQ(table.at("n_rows").get<size_t>(), test.rows.size());
    check_vlmevalkit_lines(metrics, table.at("score"), "");
    check_vlmevalkit_lines(read_from_csv(metrics), table.at("score_fine"), "fine");
    return;
  }
  check_official_line(metrics, table.at("cap_score"), "");
  check_official_line(metrics, table.at("cap_int_score"), "combination");
  check_official_line(metrics, table.at("cap_int_total"), "");
  EXPECT_EQ(names_in(metrics, "").size() + 1, table["cap_score"].size());  // `runs` is a split
  EXPECT_EQ(names_in(metrics, "combination").size(), table["cap_int_score"].size());
}

}  // namespace

ScoreFamily mmvet_family() {
  return {.fields = {{"asks", check_asks}, {"content", check_content}, {"score", check_score}},
          .table = check_table,
          .samples = samples,
          .judge = judge};
}

}  // namespace mono::tests
