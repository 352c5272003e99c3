#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

#include "tasks/metric/mathvista_vek.h"
#include "tasks/reader/id_map_predictions.h"
#include "tasks/reader/judge_replies.h"
#include "tasks/text/python_number.h"
#include "tests/golden_scores/families.h"

namespace mono::tests {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

bool is_internvl(const ScoreCase& test) {
  return test.profile.message.pipeline == tasks::Pipeline::kInternVl;
}

std::vector<tasks::Sample> samples(const ScoreCase& test) {
  if (!is_internvl(test)) return samples_of_table_rows(test.golden);
  std::vector<tasks::Sample> samples;
  samples.reserve(test.golden.size());
  for (const auto& golden : test.golden) {
    samples.push_back(tasks::math_sample(golden.at("row"), "golden row"));
  }
  return samples;
}

/// InternVL's rows have one reply each, null where the call failed.
std::unique_ptr<tasks::Judge> judge(const ScoreCase& test) {
  if (!is_internvl(test)) return recorded_judge(test);
  std::vector<tasks::JudgeRecord> records;
  for (const auto& golden : test.golden) {
    if (!golden.contains("llm_prompt_sha256")) continue;
    const auto& reply = golden.at("llm_reply");
    records.push_back({.sample_id = golden.at("row").at("pid"),
                       .prompt_sha256 = golden["llm_prompt_sha256"],
                       .replies = {reply.is_null() ? std::string(tasks::kFailedCall)
                                                   : reply.get<std::string>()}});
  }
  return std::make_unique<tasks::RecordedJudge>(records, judge_prompts());
}

FieldCheck step_check(const std::string& step) {
  return [step](const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
    return difference(test, row, step, expected, step_of(*test.rows[row].score, step));
  };
}

std::string check_asked(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  return difference(test, row, "asked_llm", expected, !test.rows[row].score->asked.empty());
}

std::string check_internvl_prompt(const ScoreCase& test, ScoredColumns&, size_t row,
                                  const json& expected) {
  const auto& id = test.rows[row].sample->id;
  const auto calls = test.calls.find(id);
  if (calls == test.calls.end()) return "row " + id + ": the judge was not asked";
  const auto text = prompt_difference(calls->second.front(), {{"sha256", expected}});
  return text.empty() ? "" : "row " + id + ", " + text;
}

/// Rows that were prefetched have the prompt they would have been asked about.
std::string check_vlmevalkit_prompt(const ScoreCase& test, ScoredColumns& columns, size_t row,
                                    const json& expected) {
  const auto& id = test.rows[row].sample->id;
  const auto calls = test.calls.find(id);
  const std::vector<size_t> only = {row};
  const auto call =
      calls != test.calls.end()
          ? calls->second.front()
          : tasks::math_extraction_call(
                id,
                std::string(tasks::cell_column(test.rows, only, "question", test.profile).text(0)),
                std::string(columns.predictions.text(row)));
  const auto text = prompt_difference(call, {{"sha256", expected}});
  return text.empty() ? "" : "row " + id + ", " + text;
}

std::string check_prefetched(const ScoreCase& test, ScoredColumns&, size_t row,
                             const json& expected) {
  return difference(test, row, "prefetched", expected, test.rows[row].score->how == "prefetch");
}

/// The stored result cell; null is an empty one, which reads `nan`.
std::string check_result(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  const auto type = expected.is_null()           ? "missing"
                    : expected.is_string()       ? "text"
                    : expected.is_number_float() ? "float"
                                                 : "integer";
  const auto text = expected.is_null()     ? "nan"
                    : expected.is_string() ? expected.get<std::string>()
                                           : expected.dump();
  const auto& score = *test.rows[row].score;
  return difference(test, row, "res", json{text, type},
                    json{step_of(score, "res"), step_of(score, "res_type")});
}

std::vector<tasks::Metric> metrics_of_split(const std::vector<tasks::Metric>& metrics,
                                            const std::string& split) {
  std::vector<tasks::Metric> result;
  for (const auto& metric : metrics) {
    if (metric.split == split) result.push_back(metric);
  }
  return result;
}

/// One line of InternVL's table: accuracy as printed, and the counts behind it.
void check_line(const tasks::Metric& metric, const ordered_json& line, int decimals) {
  const auto where = metric.split + " " + metric.name;
  const auto accuracy = line.at("accuracy").get<std::string>();
  EXPECT_EQ(decimals < 0 ? tasks::float_repr(metric.value)
                         : fmt::format("{:.{}f}", metric.value, decimals),
            accuracy)
      << where;
  EXPECT_EQ(metric.count, line.at("total").get<int>()) << where;
  EXPECT_EQ(std::lround(metric.value * metric.count / 100), line.at("correct").get<int>()) << where;
}

void check_internvl_table(const std::vector<tasks::Metric>& metrics, const ordered_json& scores) {
  for (const auto& [key, lines] : scores.items()) {
    if (key == "average") {
      EXPECT_EQ(metrics.front().name, key);
      check_line(metrics.front(), lines, -1);
      continue;
    }
    const auto ours = metrics_of_split(metrics, key);
    ASSERT_EQ(ours.size(), lines.size()) << key;
    const bool has_order = key != "skills";  // upstream sorts a set: ties have no order
    size_t i = 0;
    for (const auto& [name, line] : lines.items()) {
      const auto found = has_order ? ours.begin() + static_cast<std::ptrdiff_t>(i)
                                   : std::find_if(ours.begin(), ours.end(),
                                                  [&](const auto& m) { return m.name == name; });
      ASSERT_NE(found, ours.end()) << key << " " << name;
      EXPECT_EQ(found->name, name) << key << ", place " << i;
      check_line(*found, line, 2);
      ++i;
    }
  }
}

void check_vlmevalkit_table(const std::vector<tasks::Metric>& metrics, const ordered_json& lines) {
  const std::map<std::string, std::string> splits = {
      {"acc", ""}, {"hit", "hit"}, {"prefetch", "prefetch"}, {"prefetch_rate", "prefetch_rate"}};
  const auto accuracies = metrics_of_split(metrics, "");
  ASSERT_EQ(accuracies.size(), lines.size());
  for (size_t i = 0; i < lines.size(); ++i) {
    const auto name = lines[i].at("Task&Skill").get<std::string>();
    EXPECT_EQ(accuracies[i].name, name) << "place " << i;
    EXPECT_EQ(accuracies[i].count, lines[i].at("tot").get<int>()) << name;
    for (const auto& [column, split] : splits) {
      check_metric(metrics, name, split, json(lines[i].at(column)));
    }
  }
}

void check_table(const ScoreCase& test, const json& table) {
  EXPECT_EQ(table.at("n_rows").get<size_t>(), test.rows.size());
  auto path = test.file;
  std::ifstream file(path.replace_extension(".expected.json"));
  const auto ordered = ordered_json::parse(file);
  const auto metrics = test.task.metrics(test.rows, test.profile);
  if (is_internvl(test)) {
    check_internvl_table(metrics, ordered.at("scores"));
  } else {
    check_vlmevalkit_table(metrics, ordered.at("score"));
  }
}

}  // namespace

ScoreFamily mathvista_family() {
  return {.fields = {{"asked_llm", check_asked},
                     {"llm_reply", [](const ScoreCase&, ScoredColumns&, size_t,
                                      const json&) { return std::string(); }},
                     {"llm_prompt_sha256", check_internvl_prompt},
                     {"extraction", step_check("extraction")},
                     {"prediction", step_check("prediction")},
                     {"judge_prompt_sha256", check_vlmevalkit_prompt},
                     {"prefetched", check_prefetched},
                     {"res", check_result}},
          .table = check_table,
          .samples = samples,
          .judge = judge};
}

}  // namespace mono::tests
