#include "tasks/metric/mathvista_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "tasks/metric/option_letter.h"
#include "tasks/pipeline/columns.h"
#include "tasks/text/edit_distance.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_round.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr int kMaxCalls = 5;
constexpr int kMaxTokens = 256;

std::string text_of(const Sample& sample, std::string_view column) {
  const auto* const cell = sample.cell(column);
  return cell == nullptr || is_missing(*cell) ? std::string() : cell_text(*cell);
}

std::optional<int> precision_of(const Sample& sample, const MathVistaRules& rules) {
  const auto* const cell = sample.cell("precision");
  if (cell == nullptr) {
    const auto query = math_query(sample);
    if (query.find("with one decimal place ") != std::string::npos) return 1;
    if (query.find("with two decimal places ") != std::string::npos) return 2;
    return std::nullopt;
  }
  if (const auto* const integer = std::get_if<int64_t>(cell)) return static_cast<int>(*integer);
  const auto* const number = std::get_if<double>(cell);
  if (number == nullptr || !std::isfinite(*number) || !rules.takes_float_precision) {
    return std::nullopt;
  }
  return static_cast<int>(*number);
}

/// The upper-cased x of the first `(x)`, x a Latin letter; nothing if there is none.
std::optional<std::string> letter_in_brackets(std::string_view text) {
  for (size_t i = 0; i + 2 < text.size(); ++i) {
    const char c = text[i + 1];
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (text[i] == '(' && is_letter && text[i + 2] == ')') return upper({&c, 1});
  }
  return std::nullopt;
}

std::optional<std::string> nearest_choice(std::string_view extraction,
                                          const std::vector<std::string>& choices) {
  const auto text = std::string(strip(extraction));
  const auto option = letter_in_brackets(text).value_or(text);
  const bool is_letter = option.size() == 1 && option[0] >= 'A' &&
                         static_cast<size_t>(option[0] - 'A') < choices.size();
  if (is_letter) return choices[static_cast<size_t>(option[0] - 'A')];
  const auto nearest =
      std::min_element(choices.begin(), choices.end(), [&](const auto& a, const auto& b) {
        return edit_distance(option, a) < edit_distance(option, b);
      });
  return nearest == choices.end() ? std::nullopt : std::optional(*nearest);
}

std::optional<std::string> truncated(std::string_view text) {
  const auto number = parse_float(text);
  if (!number || !std::isfinite(*number)) return std::nullopt;
  const double whole = std::trunc(*number);
  return whole == 0 ? "0" : fmt::format("{:.0f}", whole);
}

/// The last number written with digits, its thousands commas left out.
std::string last_number(std::string_view text) {
  const auto is_digit = [&](size_t i) {
    return i < text.size() && text[i] >= '0' && text[i] <= '9';
  };
  size_t end = text.find_last_of("0123456789");
  if (end == std::string_view::npos) return "";
  size_t start = end;
  const auto belongs = [&](size_t i) {
    const bool joins = (text[i] == '.' || text[i] == ',') && is_digit(i + 1);
    return is_digit(i) || joins;
  };
  while (start > 0 && belongs(start - 1)) --start;
  if (text[start] == ',') ++start;
  if (start > 0 && text[start - 1] == '-') --start;
  return replace_all(text.substr(start, end + 1 - start), ",", "");
}

std::string last_list(std::string_view text) {
  const size_t start = text.rfind('[');
  const size_t end = start == std::string_view::npos ? start : text.find(']', start);
  return end == std::string_view::npos ? "" : std::string(text.substr(start, end + 1 - start));
}

/// \returns nothing where the judge has no reply.
std::optional<std::string> judged_extraction(const Row& row, const MathProblem& problem,
                                             Judge& judge, Score& score) {
  JudgeCall call{.sample_id = row.sample->id,
                 .prompt = "mathvista-ivl",
                 .slots = {problem.query, row.response},
                 .max_tokens = kMaxTokens};
  for (; call.attempt < kMaxCalls; ++call.attempt) {
    auto exchange = judge.ask(call);
    if (!exchange) return std::nullopt;
    auto reply = std::string(strip(exchange->reply));
    score.asked.push_back(std::move(*exchange));
    if (!reply.empty() && reply != kFailedCall) return reply;
  }
  return "";
}

}  // namespace

std::string math_query(const Sample& sample) {
  auto query = text_of(sample, "query");
  return query.empty() ? sample.question : query;
}

MathProblem math_problem(const Sample& sample, const MathVistaRules& rules) {
  MathProblem problem{.is_multiple_choice = text_of(sample, "question_type") == "multi_choice",
                      .answer_type = text_of(sample, "answer_type"),
                      .query = math_query(sample),
                      .answer = text_of(sample, "answer"),
                      .precision = precision_of(sample, rules)};
  for (const auto& choice : sample.choices) problem.choices.push_back(choice.text);
  const auto listed = text_of(sample, "choices");
  if (problem.choices.empty() && !listed.empty()) problem.choices = accepted_answers(listed);
  return problem;
}

std::optional<std::string> quick_extraction(std::string_view response, const MathProblem& problem) {
  const auto& choices = problem.choices;
  const bool is_choice = std::find(choices.begin(), choices.end(), response) != choices.end();
  if (problem.is_multiple_choice && is_choice) return std::string(response);
  if (problem.answer_type == "integer") return parse_int(response);
  if (problem.answer_type != "float") return std::nullopt;
  const auto number = parse_float(response);
  return number ? std::optional(float_repr(*number)) : std::nullopt;
}

std::optional<std::string> normalised_extraction(std::string_view extraction,
                                                 const MathProblem& problem) {
  if (problem.is_multiple_choice) return nearest_choice(extraction, problem.choices);
  if (problem.answer_type == "integer") return truncated(extraction);
  if (problem.answer_type != "float") return std::string(extraction);
  const auto number = parse_float(extraction);
  if (!number || !problem.precision) return std::nullopt;
  return float_repr(python_round(*number, *problem.precision));
}

std::string rule_extraction(std::string_view response, const MathProblem& problem) {
  if (const auto quick = quick_extraction(response, problem)) return *quick;
  if (problem.answer_type == "list") return last_list(response);
  if (!problem.is_multiple_choice) return last_number(response);
  std::vector<Choice> choices;
  choices.reserve(problem.choices.size());
  for (const auto& text : problem.choices) {
    choices.push_back({static_cast<char>('A' + choices.size()), text});
  }
  const auto letter = infer_option(response, choices, LetterRules{}).letter;
  return letter ? std::string(1, *letter) : "";
}

Score score_extraction(const Row& row, const MathProblem& problem, Judge& judge) {
  Score score{.how = "rule"};
  std::string extraction;
  if (!row.stored_verdicts.empty()) {
    extraction = row.stored_verdicts.front();
    score.how = "stored extraction";
  } else if (const auto quick = quick_extraction(row.response, problem)) {
    extraction = *quick;
  } else if (!row.response.empty()) {
    const auto judged = judged_extraction(row, problem, judge, score);
    if (!judged) {
      const auto rule = rule_extraction(row.response, problem);
      const bool is_right = !rule.empty() && normalised_extraction(rule, problem) == problem.answer;
      return {.how = "no extraction",
              .state = ScoreState::kUnscored,
              .steps = {{"rule_extracted", is_right ? "1" : "0"}}};
    }
    extraction = *judged;
    score.how = "judge";
  }
  const auto prediction = normalised_extraction(extraction, problem);
  score.steps.emplace_back("extraction", extraction);
  if (prediction) score.steps.emplace_back("prediction", *prediction);
  score.answer = prediction.value_or("");
  score.value = prediction == problem.answer ? 1 : 0;
  if (extraction.empty() || !prediction) score.state = ScoreState::kUnparsed;
  return score;
}

}  // namespace mono::tasks
