#include "tasks/metric/plain_choice.h"

#include <string>
#include <utility>

#include "tasks/metric/accuracy_report.h"
#include "tasks/metric/option_judge.h"
#include "tasks/pipeline/choice_sheet.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kUnread = "Z";  // the letter in the place of one that was not found

std::string match_log(std::string_view what) {
  return std::string("Match Log: ").append(what).append(". ");
}

Score score_row(ChoiceSheet& sheet, size_t k, const std::string& id, const Profile& profile,
                Judge& judge) {
  const auto choices = sheet.choices(k);
  const auto reading = infer_option(sheet.prediction(k), choices, profile.letter);
  Score score{.how = std::string(sheet.is_rewritten(k) ? kRewritten : "").append(reading.step)};
  if (reading.letter) {
    score.answer = std::string(1, *reading.letter);
    score.value = score.answer == sheet.target(k) ? 1 : 0;
    score.log = match_log(sheet.prediction(k));
    return score;
  }
  if (!judge.is_present()) {
    score.state = ScoreState::kUnparsed;
    score.value = sheet.target(k) == kUnread ? 1 : 0;
    score.log = match_log(
        "Failed in Prefetch, no GPT-based answer matching under `exact_matching` policy.");
    return score;
  }
  auto judged = ask_for_option(option_call(id, sheet.question(k), choices, sheet.prediction(k)),
                               choices, profile.letter, judge);
  apply_judged(judged, sheet.target(k), score);
  if (judged.letter) score.log = match_log(judged.reply());
  return score;
}

}  // namespace

std::vector<std::optional<Score>> score_choices(std::span<const Row> rows, const Profile& profile,
                                                Judge& judge) {
  ChoiceSheet sheet(rows, profile);
  std::vector<std::optional<Score>> scores(rows.size());
  for (size_t k = 0; k < sheet.size(); ++k) {
    const size_t position = sheet.position(k);
    scores[position] = score_row(sheet, k, rows[position].sample->id, profile, judge);
  }
  return scores;
}

std::vector<Metric> choice_metrics(std::span<const Row> rows, std::string_view task,
                                   std::string_view main_split) {
  auto metrics = accuracy_report(rows, task, main_split);
  metrics.push_back(undecided_rows(rows));
  return metrics;
}

}  // namespace mono::tasks
