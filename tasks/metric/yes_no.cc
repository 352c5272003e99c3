#include "tasks/metric/yes_no.h"

#include <algorithm>
#include <utility>

#include "tasks/metric/vqa_accuracy.h"
#include "tasks/pipeline/answers.h"
#include "tasks/pipeline/columns.h"
#include "tasks/row_name.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr int kMaxCalls = 5;
constexpr double kTemperatureStep = 0.5;
constexpr std::string_view kUnknown = "Unknown";

std::string accepted_answer(const Sample& sample) {
  if (sample.has_swallowed_answer) return "nan";
  const auto* const cell = sample.cell("answer");
  if (cell != nullptr && !is_missing(*cell)) return cell_text(*cell);
  return sample.targets.empty() ? "" : sample.targets.front();
}

/// Asks until a reply reads Yes or No. Without any reply on record the row stays unscored.
void ask_judge(Score& score, JudgeCall call, const Profile& profile, Judge& judge) {
  for (; call.attempt < kMaxCalls && score.answer == kUnknown; ++call.attempt) {
    call.temperature = kTemperatureStep * call.attempt;
    auto exchange = judge.ask(call);
    if (!exchange) {
      score.state = ScoreState::kUnscored;
      return;
    }
    score.answer = read_yes_no(exchange->reply, profile.vqa);
    score.how = "judge";
    score.asked.push_back(std::move(*exchange));
  }
  score.state = score.answer == kUnknown ? ScoreState::kUnparsed : ScoreState::kRead;
}

}  // namespace

std::string yes_no_fault(const Sample& sample) {
  if (!has_answer(sample)) return "";
  const auto answer = accepted_answer(sample);
  const auto plain = lower(answer);
  if (plain == "yes" || plain == "no") return "";
  return "column 'answer': expected Yes or No, got '" + answer + "'";
}

std::vector<std::string> unmatched_answers(std::span<const Row> rows) {
  int count = 0;
  std::string first;
  for (const auto& row : rows) {
    if (!row.error.empty() || !has_answer(*row.sample)) continue;
    const auto answer = accepted_answer(*row.sample);
    if (answer == "Yes" || answer == "No") continue;
    if (count++ == 0) first = row_name(row) + " '" + answer + "'";
  }
  if (count == 0) return {};
  return {"VLMEvalKit matches the accepted answers Yes and No alone; no response to " +
          std::to_string(count) + " rows can be right, first " + first};
}

std::string read_yes_no(std::string_view text, const VqaRules& rules) {
  const auto plain = without_vqa_punctuation(lower(text), rules);
  const auto words = split_whitespace(plain);
  const auto has = [&](std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
  };
  if (has("yes") == has("no")) return std::string(kUnknown);
  return has("yes") ? "Yes" : "No";
}

std::vector<std::optional<Score>> score_yes_no(std::span<const Row> rows, const Profile& profile,
                                               Judge& judge) {
  const auto positions = answered_rows(rows);
  auto predictions = response_column(rows, positions, profile);
  auto answers = cell_column(rows, positions, "answer", profile);
  auto questions = cell_column(rows, positions, "question", profile);
  std::vector<std::optional<Score>> scores(rows.size());
  for (size_t k = 0; k < positions.size(); ++k) {
    Score score{.answer = read_yes_no(predictions.text(k), profile.vqa), .how = "yes/no"};
    if (score.answer == kUnknown) {
      score.state = ScoreState::kUnparsed;
      if (judge.is_present()) {
        ask_judge(score,
                  {.sample_id = rows[positions[k]].sample->id,
                   .prompt = "vek-yorn",
                   .slots = {std::string(questions.text(k)), std::string(predictions.text(k))}},
                  profile, judge);
      }
    }
    score.value = score.answer == answers.text(k) ? 1 : 0;
    scores[positions[k]] = std::move(score);
  }
  return scores;
}

Metric num_rows_metric(std::string name, std::span<const Row> rows, std::string_view answer) {
  Metric metric{.name = std::move(name)};
  for (const auto& row : rows) {
    if (!row.score) continue;
    ++metric.count;
    if (row.score->answer == answer) ++metric.value;
  }
  return metric;
}

}  // namespace mono::tasks
