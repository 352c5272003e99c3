#include <set>

#include "tasks/reader/judge_replies.h"
#include "tasks/reader/samples.h"
#include "tests/golden_scores/score_case.h"
#include "tests/task_cases.h"

namespace mono::tests {

using nlohmann::json;

namespace {

json answer_of(const tasks::Score& score) {
  return score.answer.empty() ? json() : json(score.answer);
}

const tasks::Score& score_of(const ScoreCase& test, size_t row) {
  return *test.rows[row].score;
}

/// A check of a value that follows from the score alone.
FieldCheck of_score(const std::string& field, json (*value)(const tasks::Score&)) {
  return [=](const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
    const bool is_number = expected.is_number() || expected.is_boolean();
    const json wanted = is_number && expected.is_boolean() ? json(expected.get<bool>() ? 1.0 : 0.0)
                        : is_number                        ? json(expected.get<double>())
                                                           : expected;
    return difference(test, row, field, wanted, value(score_of(test, row)));
  };
}

json letter_or_z(const tasks::Score& score) {
  return score.answer.empty() ? json("Z") : json(score.answer);
}

std::string check_raises(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  const auto& how = score_of(test, row).how;
  if (!how.starts_with("raises ")) {
    return difference(test, row, "raises", expected, how);
  }
  const auto kind = how.substr(7);
  return difference(test, row, "raises", expected.get<std::string>().substr(0, kind.size()), kind);
}

std::string check_group_hit(const ScoreCase& test, ScoredColumns&, size_t row,
                            const json& expected) {
  const auto& score = score_of(test, row);
  if (!score.is_counted) return difference(test, row, "group_hit", expected, "not counted");
  return difference(test, row, "group_hit", expected.get<double>(), score.value);
}

std::string check_scored_text(const ScoreCase& test, ScoredColumns& columns, size_t row,
                              const json& expected) {
  return difference(test, row, "scored_text", expected, columns.predictions.text(row));
}

std::string check_scored_answer(const ScoreCase& test, ScoredColumns& columns, size_t row,
                                const json& expected) {
  return difference(test, row, "scored_answer", expected, columns.answers.text(row));
}

std::string check_choices(const ScoreCase& test, ScoredColumns& columns, size_t row,
                          const json& expected) {
  json actual = json::object();
  for (const auto& choice : columns.choices[row]) {
    actual[std::string(1, choice.letter)] = choice.text;
  }
  return difference(test, row, "choices", expected, actual);
}

/// The first prompt a row was asked about, as recorded; its length is compared with its hash.
std::string check_prompt(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  const auto calls = test.calls.find(test.rows[row].sample->id);
  if (calls == test.calls.end()) {
    return difference(test, row, "judge_prompt_sha256", expected, "the judge was not asked");
  }
  json wanted = {{"sha256", expected}};
  const auto& golden = test.golden[row];
  if (golden.contains("judge_prompt_chars")) wanted["chars"] = golden["judge_prompt_chars"];
  const auto text = prompt_difference(calls->second.front(), wanted);
  return text.empty() ? "" : "row " + test.rows[row].sample->id + ", " + text;
}

json num_calls(const tasks::Score& score) {
  return score.asked.size();
}

std::string pass(const ScoreCase&, ScoredColumns&, size_t, const json&) {
  return "";
}

}  // namespace

std::string difference(const ScoreCase& test, size_t row, const std::string& field,
                       const json& expected, const json& actual) {
  if (expected == actual) return "";
  return "row " + test.rows[row].sample->id + ", " + field + ": expected " + expected.dump() +
         ", got " + actual.dump();
}

json step_of(const tasks::Score& score, const std::string& name) {
  for (const auto& [step, value] : score.steps) {
    if (step == name) return value;
  }
  return nullptr;
}

std::vector<tasks::Sample> samples_of_table_rows(const std::vector<json>& golden) {
  std::vector<json> cells;
  cells.reserve(golden.size());
  for (const auto& row : golden) cells.push_back(row.at("row"));
  const ScratchFolder folder;
  return tasks::samples_of_table(tasks::read_tsv(folder.write("rows.tsv", tsv_of(cells))), {});
}

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
  return std::make_unique<tasks::RecordedJudge>(records, judge_prompts());
}

const FieldChecks& common_fields() {
  static const FieldChecks checks = {
      {"row", pass},
      {"kind", pass},
      {"response", pass},
      {"choices", check_choices},
      {"scored_text", check_scored_text},
      {"scored_answer", check_scored_answer},
      {"hit", of_score("hit", [](const tasks::Score& score) { return json(score.value); })},
      {"score", of_score("score", [](const tasks::Score& score) { return json(score.value); })},
      {"step", of_score("step", [](const tasks::Score& score) { return json(score.how); })},
      {"inferred", of_score("inferred", answer_of)},
      {"opt", of_score("opt", letter_or_z)},
      {"letter", of_score("letter", [](const tasks::Score& score) { return json(score.answer); })},
      {"raises", check_raises},
      {"judge_replies", pass},
      {"judge_prompt_sha256", check_prompt},
      {"judge_prompt_chars", pass},
      {"judge_calls", of_score("judge_calls", num_calls)},
      {"log", of_score("log", [](const tasks::Score& score) { return json(score.log); })},
      {"group_hit", check_group_hit}};
  return checks;
}

}  // namespace mono::tests
