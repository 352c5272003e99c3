#include "tasks/metric/mmvet_grade.h"

#include <cmath>
#include <utility>

#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr int kMaxTokens = 3;
constexpr double kTemperatureStep = 0.5;
constexpr int kMaxRepeats = 5;
constexpr int kMaxTries = 5;
constexpr std::string_view kRepeat = "\nPredict the correctness of the answer (digit): ";

bool is_grade(std::optional<double> number) {
  return number && *number >= 0 && *number <= 1;
}

std::string_view first_piece(std::string_view reply) {
  return strip(reply.substr(0, reply.find(' ')));
}

/// One run of the official grader.
struct OfficialRun {
  double value = 0;
  std::string content{};  // what the grader keeps of the last reply
  bool is_read = false;
  std::vector<JudgeExchange> asked{};
};

/// \returns nothing where the judge has no reply.
std::optional<OfficialRun> run_officially(JudgeCall call, Judge& judge) {
  OfficialRun run;
  call.max_tokens = kMaxTokens;
  for (;; ++call.attempt) {
    auto exchange = judge.ask(call);
    if (!exchange) return std::nullopt;
    run.content = exchange->reply;
    run.asked.push_back(std::move(*exchange));
    if (call.attempt == kMaxRepeats) return run;
    const auto piece = std::string(first_piece(run.content));
    const auto number = parse_float(piece);
    if (is_grade(number)) {
      run.content = piece;
      run.value = *number;
      run.is_read = true;
      return run;
    }
    call.suffix = kRepeat;
    call.temperature = kTemperatureStep * call.attempt;
  }
}

}  // namespace

JudgeCall mmvet_call(const std::string& sample_id, std::string_view prompt, std::string question,
                     std::string_view answer, std::string prediction) {
  auto target = replace_all(replace_all(answer, "<AND>", " <AND> "), "<OR>", " <OR> ");
  return {.sample_id = sample_id,
          .prompt = prompt,
          .slots = {std::move(question), std::move(target), std::move(prediction)}};
}

Score grade_officially(const JudgeCall& call, int num_runs, Judge& judge) {
  Score score{.how = "grader"};
  for (int i = 0; i < num_runs; ++i) {
    auto this_run = call;
    this_run.run = i;
    auto run = judge.is_present() ? run_officially(std::move(this_run), judge) : std::nullopt;
    if (!run) return {.how = "no grade", .state = ScoreState::kUnscored};
    if (!run->is_read) score.state = ScoreState::kUnparsed;
    score.run_values.push_back(run->value);
    score.steps.emplace_back("content", run->content);
    for (auto& exchange : run->asked) score.asked.push_back(std::move(exchange));
  }
  score.value = pairwise_mean(score.run_values);
  score.answer = score.steps.back().second;
  return score;
}

std::optional<Score> stored_grade(const Row& row, int num_runs) {
  if (row.stored_verdicts.size() < static_cast<size_t>(num_runs)) return std::nullopt;
  Score score{.how = "stored grade"};
  for (int i = 0; i < num_runs; ++i) {
    const auto number = parse_float(row.stored_verdicts[static_cast<size_t>(i)]);
    if (!is_grade(number)) return std::nullopt;
    score.run_values.push_back(*number);
  }
  score.value = pairwise_mean(score.run_values);
  return score;
}

Score grade_as_vlmevalkit(JudgeCall call, Judge& judge) {
  if (!judge.is_present()) return {.how = "no grade", .state = ScoreState::kUnscored};
  Score score{.how = "grader"};
  call.max_tokens = kMaxTokens;
  for (; call.attempt < kMaxTries; ++call.attempt) {
    call.temperature = kTemperatureStep * call.attempt;
    auto exchange = judge.ask(call);
    if (!exchange) return {.how = "no grade", .state = ScoreState::kUnscored};
    const auto reply = exchange->reply;
    score.asked.push_back(std::move(*exchange));
    const auto number = parse_float(reply);
    if (is_grade(number)) {
      score.value = *number;
      score.answer = reply;
      score.log += "Succeed";
      return score;
    }
    const bool is_number = number && !std::isnan(*number);
    score.log += "Try " + std::to_string(call.attempt) + ": output is " + reply + ", " +
                 (is_number ? "invalid score: " + float_repr(*number) : "failed to parse") + ".\n";
  }
  score.log += "All 5 retries failed.\n";
  score.state = ScoreState::kUnparsed;
  return score;
}

}  // namespace mono::tasks
