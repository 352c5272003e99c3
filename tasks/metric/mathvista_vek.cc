#include "tasks/metric/mathvista_vek.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "tasks/metric/mathvista_answer.h"
#include "tasks/metric/option_letter.h"
#include "tasks/pipeline/columns.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

constexpr int kMaxCalls = 5;
constexpr double kTemperatureStep = 0.5;
constexpr int kMaxTokens = 128;

/// `int(cell)`: decimal digits of any size.
struct AsInt {
  using Result = std::optional<std::string>;
  Result operator()(std::monostate) const { return std::nullopt; }
  Result operator()(int64_t value) const { return std::to_string(value); }
  Result operator()(uint64_t value) const { return std::to_string(value); }
  Result operator()(bool value) const { return value ? "1" : "0"; }
  Result operator()(std::string_view text) const { return parse_int(text); }
  Result operator()(double value) const {
    if (!std::isfinite(value)) return std::nullopt;
    const double whole = std::trunc(value);
    return whole == 0 ? "0" : fmt::format("{:.0f}", whole);
  }
};

/// `float(cell)`.
struct AsFloat {
  using Result = std::optional<double>;
  Result operator()(std::monostate) const { return std::nullopt; }
  Result operator()(std::string_view text) const { return parse_float(text); }
  template <typename Number>
  Result operator()(Number value) const {
    return static_cast<double>(value);
  }
};

/// A problem with its cells as the re-read sheet holds them.
struct Problem {
  bool is_multiple_choice = false;
  std::string answer_type{};
  std::vector<Choice> choices{};
  CellView answer{};
  std::string option{};  // the right letter
};

/// What is in a cell: a letter, or a number of the answer's type; and whether it is the answer.
struct Reading {
  Cell result{};  // missing if the cell cannot be read
  bool is_answer = false;
  bool is_zero = false;
};

Cell number_cell(const std::string& integer) {
  const double value = std::strtod(integer.c_str(), nullptr);
  constexpr double kExact = 9007199254740992.0;  // 2^53
  return std::abs(value) <= kExact ? Cell(static_cast<int64_t>(value)) : Cell(value);
}

Reading read_cell(const CellView& cell, const Problem& problem, const LetterRules& rules) {
  if (problem.is_multiple_choice) {
    const auto letter = infer_option(cell_text(cell), problem.choices, rules).letter;
    if (!letter) return {};
    const std::string text(1, *letter);
    return {.result = text, .is_answer = text == problem.option};
  }
  if (problem.answer_type == "integer") {
    const auto number = std::visit(AsInt{}, cell);
    if (!number) return {};
    return {.result = number_cell(*number),
            .is_answer = number == std::visit(AsInt{}, problem.answer),
            .is_zero = number == "0"};
  }
  if (problem.answer_type == "float") {
    const auto number = std::visit(AsFloat{}, cell);
    if (!number) return {};
    return {.result = *number,
            .is_answer = number == std::visit(AsFloat{}, problem.answer),
            .is_zero = *number == 0};
  }
  return {};
}

/// What is taken without a judge: any letter, or a number that is the answer, unless it is 0.
std::optional<Cell> prefetched(const CellView& prediction, const Problem& problem,
                               const LetterRules& rules) {
  auto reading = read_cell(prediction, problem, rules);
  const bool is_taken = problem.is_multiple_choice ? !is_missing(reading.result)
                                                   : reading.is_answer && !reading.is_zero;
  return is_taken ? std::optional(std::move(reading.result)) : std::nullopt;
}

/// Puts the call to the judge until it replies. \returns nothing where it has no reply on record.
std::optional<Cell> judged(JudgeCall call, Judge& judge, Score& score) {
  const auto prediction = call.slots.back();
  for (; call.attempt < kMaxCalls; ++call.attempt) {
    call.temperature = kTemperatureStep * call.attempt;
    auto exchange = judge.ask(call);
    if (!exchange) return std::nullopt;
    const auto reply = exchange->reply;
    score.asked.push_back(std::move(*exchange));
    if (reply.find(kFailedCall) == std::string::npos) {
      score.log += "Succeed";
      return reply.empty() ? Cell() : Cell(reply);
    }
    score.log += fmt::format("Try {}: output is {}, failed to parse.\n", call.attempt, prediction);
  }
  score.log += "All 5 retries failed.\n";
  return Cell();
}

/// The columns of the sheet that the reading needs.
class Problems {
 public:
  Problems(std::span<const Row> rows, std::span<const size_t> positions, const Profile& profile)
      : rows_(rows),
        positions_(positions),
        predictions_(response_column(rows, positions, profile)),
        questions_(cell_column(rows, positions, "question", profile)),
        answers_(cell_column(rows, positions, "answer", profile)),
        choices_(cell_column(rows, positions, "choices", profile)),
        options_(cell_column(rows, positions, "answer_option", profile)),
        rules_(profile.mathvista) {}

  const CellView& prediction(size_t k) const { return predictions_[k]; }

  JudgeCall call(size_t k) {
    return math_extraction_call(sample(k).id, std::string(questions_.text(k)),
                                std::string(predictions_.text(k)));
  }

  Problem problem(size_t k) {
    const auto plain = math_problem(sample(k), rules_);
    Problem problem{.is_multiple_choice = plain.is_multiple_choice,
                    .answer_type = plain.answer_type,
                    .answer = answers_[k]};
    const auto texts = choices_.is_missing(k) ? plain.choices : accepted_answers(choices_.text(k));
    for (const auto& text : texts) {
      const char letter = static_cast<char>('A' + problem.choices.size());
      if (problem.option.empty() && text == plain.answer) problem.option = letter;
      problem.choices.push_back({letter, text});
    }
    if (!options_.is_missing(k)) problem.option = options_.text(k);
    return problem;
  }

  /// Whether a reading by rules alone would be right.
  bool is_right_by_rules(size_t k, const Problem& problem, const LetterRules& rules) const {
    const auto text =
        rule_extraction(rows_[positions_[k]].response, math_problem(sample(k), rules_));
    return read_cell(std::string_view(text), problem, rules).is_answer;
  }

 private:
  const Sample& sample(size_t k) const { return *rows_[positions_[k]].sample; }

  std::span<const Row> rows_;
  std::span<const size_t> positions_;
  SheetColumn predictions_, questions_, answers_, choices_, options_;
  const MathVistaRules& rules_;
};

std::string type_of(const CellView& cell) {
  if (std::holds_alternative<std::monostate>(cell)) return "missing";
  if (std::holds_alternative<std::string_view>(cell)) return "text";
  return std::holds_alternative<double>(cell) ? "float" : "integer";
}

/// The final check: what the sheet holds after it was read again, compared with the answer.
void check(Score& score, const CellView& result, const Problem& problem, const Profile& profile) {
  const auto reading = read_cell(result, problem, profile.letter);
  score.value = reading.is_answer ? 1 : 0;
  score.answer = is_missing(reading.result) ? "" : cell_text(reading.result);
  score.steps = {{"res", cell_text(result)}, {"res_type", type_of(result)}};
  const bool can_be_read = problem.is_multiple_choice || problem.answer_type != "list";
  if (can_be_read && is_missing(reading.result)) score.state = ScoreState::kUnparsed;
}

}  // namespace

JudgeCall math_extraction_call(const std::string& sample_id, std::string question,
                               std::string prediction) {
  return {.sample_id = sample_id,
          .prompt = "mathvista-vek",
          .slots = {std::move(question), std::move(prediction)},
          .max_tokens = kMaxTokens};
}

std::vector<std::optional<Score>> score_math_as_vlmevalkit(std::span<const Row> rows,
                                                           const Profile& profile, Judge& judge) {
  const auto positions = answered_rows(rows);
  Problems problems(rows, positions, profile);
  std::vector<std::optional<Score>> scores(rows.size());
  std::vector<Cell> results(positions.size());
  for (size_t k = 0; k < positions.size(); ++k) {
    const auto problem = problems.problem(k);
    Score score{.how = "prefetch", .log = "Prefetch succeed"};
    auto result = prefetched(problems.prediction(k), problem, profile.letter);
    if (!result) {
      score = {.how = "judge"};
      result = judged(problems.call(k), judge, score);
    }
    if (!result) {
      const bool is_right = problems.is_right_by_rules(k, problem, profile.letter);
      score = {.how = "no extraction",
               .state = ScoreState::kUnscored,
               .best_value = problem.answer_type == "list" ? 0.0 : 1.0,
               .steps = {{"rule_extracted", is_right ? "1" : "0"}}};
    } else {
      results[k] = std::move(*result);
    }
    scores[positions[k]] = std::move(score);
  }

  std::vector<CellView> written;
  written.reserve(results.size());
  for (const auto& result : results) written.push_back(view_of(result));
  const SheetColumn reread(std::move(written), profile.sheet);
  for (size_t k = 0; k < positions.size(); ++k) {
    auto& score = *scores[positions[k]];
    if (score.state != ScoreState::kUnscored) {
      check(score, reread[k], problems.problem(k), profile);
    }
  }
  return scores;
}

}  // namespace mono::tasks
