#include <algorithm>

#include "tasks/metric/option_judge.h"
#include "tasks/pipeline/choice_sheet.h"
#include "tasks/text/python_text.h"
#include "tests/golden_scores/choice_rows.h"
#include "tests/golden_scores/families.h"

namespace mono::tests {
namespace {

using nlohmann::json;

const tasks::Score& score_of(const ScoreCase& test, size_t row) {
  return *test.rows[row].score;
}

bool is_by_rule(const tasks::Score& score) {
  return score.how == "letter" || score.how == "text";
}

/// The letter a rule read, before any judge.
std::string check_inferred(const ScoreCase& test, ScoredColumns&, size_t row,
                           const json& expected) {
  const auto& score = score_of(test, row);
  const json letter = is_by_rule(score) ? json(score.answer) : json();
  return difference(test, row, "inferred", expected, letter);
}

/// The call that asks about a row.
tasks::JudgeCall call_of(const ScoreCase& test, ScoredColumns& columns, size_t row) {
  tasks::ChoiceSheet sheet(test.rows, test.profile);
  return tasks::option_call(test.rows[row].sample->id, sheet.question(row), columns.choices[row],
                            columns.predictions.text(row));
}

/// A prompt is recorded of each row that has replies, asked for or not.
std::string check_prompt(const ScoreCase& test, ScoredColumns& columns, size_t row,
                         const json& expected) {
  if (test.calls.contains(test.rows[row].sample->id)) {
    return common_fields().at("judge_prompt_sha256")(test, columns, row, expected);
  }
  const auto text = prompt_difference(call_of(test, columns, row), {{"sha256", expected}});
  return text.empty() ? "" : "row " + test.rows[row].sample->id + ", " + text;
}

/// Characters of VLMEvalKit's templates without their slots.
size_t template_length(std::string_view name) {
  return name == "vek-option-zh" ? 292 : 758;
}

std::string check_prompt_length(const ScoreCase& test, ScoredColumns& columns, size_t row,
                                const json& expected) {
  const auto call = call_of(test, columns, row);
  size_t length = template_length(call.prompt);
  for (const auto& slot : call.slots) length += tasks::length(slot);
  return difference(test, row, "judge_prompt_chars", expected, length);
}

/// Calls of all rows that share the prompt.
std::string check_judge_calls(const ScoreCase& test, ScoredColumns&, size_t row,
                              const json& expected) {
  const auto& prompt = test.golden[row].at("judge_prompt_sha256");
  size_t count = 0;
  for (size_t i = 0; i < test.rows.size(); ++i) {
    if (test.golden[i].value("judge_prompt_sha256", json()) == prompt) {
      count += score_of(test, i).asked.size();
    }
  }
  return difference(test, row, "judge_calls", expected, count);
}

std::string pass(const ScoreCase&, ScoredColumns&, size_t, const json&) {
  return "";
}

std::string check_prediction(const ScoreCase& test, ScoredColumns&, size_t row,
                             const json& expected) {
  return difference(test, row, "prediction", expected, step_of(score_of(test, row), "prediction"));
}

std::string check_index(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  return difference(test, row, "index", expected.dump(), test.rows[row].sample->id);
}

std::string check_answer(const ScoreCase& test, ScoredColumns& columns, size_t row,
                         const json& expected) {
  return difference(test, row, "answer", expected, columns.answers.text(row));
}

std::string check_hit(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  const double wanted =
      expected.is_boolean() ? (expected.get<bool>() ? 1 : 0) : expected.get<double>();
  return difference(test, row, "hit", wanted, score_of(test, row).value);
}

// --- SEED --------------------------------------------------------------------------------------

std::string check_strict_hit(const ScoreCase& test, ScoredColumns&, size_t row,
                             const json& expected) {
  const bool is_strict = test.rows[row].response == test.rows[row].sample->targets.front();
  return difference(test, row, "strict_hit", expected, is_strict);
}

// --- MMMU --------------------------------------------------------------------------------------

std::string check_read(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  return difference(test, row, "read", expected, score_of(test, row).answer);
}

std::string check_gold(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  const auto& targets = test.rows[row].sample->targets;
  return difference(test, row, "gold", expected,
                    targets.size() == 1 ? json(targets.front()) : json(targets));
}

/// The candidates as a set; null stands for NaN.
std::string check_parsed(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  const auto sorted = [](const json& list) {
    std::vector<std::string> texts;
    for (const auto& value : list) texts.push_back(value.dump());
    std::sort(texts.begin(), texts.end());
    return json(texts);
  };
  const auto step = step_of(score_of(test, row), "parsed");
  const auto parsed = step.is_null() ? json() : json::parse(step.get<std::string>());
  return difference(test, row, "parsed", sorted(expected), sorted(parsed));
}

std::string check_random(const ScoreCase& test, ScoredColumns&, size_t row, const json& expected) {
  return difference(test, row, "used_random", expected,
                    score_of(test, row).state == tasks::ScoreState::kGuessed);
}

}  // namespace

ScoreFamily choice_family() {
  return {.fields = {{"inferred", check_inferred},
                     {"judge_prompt_sha256", check_prompt},
                     {"judge_prompt_chars", check_prompt_length},
                     {"judge_replies", pass},
                     {"judge_calls", check_judge_calls},
                     {"joined_row", pass},
                     {"prediction", check_prediction},
                     {"index", check_index},
                     {"id", pass},
                     {"options", pass},
                     {"answer", check_answer},
                     {"hit", check_hit},
                     {"strict_hit", check_strict_hit},
                     {"read", check_read},
                     {"pred", check_read},
                     {"gold", check_gold},
                     {"parsed", check_parsed},
                     {"used_random", check_random}},
          .table = check_choice_table,
          .samples = choice_samples,
          .rows = joined_choice_rows};
}

}  // namespace mono::tests
