#include "tasks/circular_task.h"

#include <utility>

#include "tasks/bounds.h"
#include "tasks/metric/accuracy_report.h"
#include "tasks/metric/circular.h"
#include "tasks/metric/circular_bounds.h"
#include "tasks/metric/circular_groups.h"
#include "tasks/metric/internvl_letters.h"
#include "tasks/pipeline/choice_columns.h"
#include "tasks/pipeline/choice_profiles.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"

namespace mono::tasks {
namespace {

/// A group in which nothing failed, only InternVL's script stops on one of its answers: left out.
void leave_out(Score& score) {
  score.state = ScoreState::kUnparsed;
  score.is_counted = false;
  score.log.clear();
}

/// InternVL's letters in the place of the responses, then VLMEvalKit's rule. Groups with a row on
/// which InternVL's script stops are left out.
std::vector<std::optional<Score>> score_letters_circularly(std::span<const Row> rows,
                                                           const Profile& profile) {
  auto letters = score_letters(rows, profile);
  std::vector<Row> sheet(rows.begin(), rows.end());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!letters[i]) continue;
    sheet[i].response = letters[i]->answer;
    if (!letters[i]->is_counted) sheet[i].error = letters[i]->how;
  }
  auto scores = score_circular(sheet, profile, no_judge());
  const auto failed = failed_groups(rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    const bool is_unjudged = scores[i] && scores[i]->state == ScoreState::kFailed;
    if (is_unjudged && !failed.contains(group_of(*rows[i].sample))) leave_out(*scores[i]);
    if (scores[i]) scores[i]->steps.emplace_back("prediction", sheet[i].response);
    if (letters[i] && !letters[i]->is_counted) scores[i] = letters[i];
  }
  return scores;
}

/// Base rows whose group was not judged.
Metric groups_left_out(std::span<const Row> rows) {
  Metric metric{.name = "groups_left_out"};
  for (const auto& row : rows) {
    if (!is_base_row(*row.sample)) continue;
    ++metric.count;
    if (!enters_metrics(row)) ++metric.value;
  }
  return metric;
}

Profile internvl_then_vlmevalkit_profile() {
  auto profile = vlmevalkit_profile();
  profile.name = "ivl-then-vek";
  profile.what =
      "A local stand-in for the submission server: answers to the questions of `ivl`, reduced to a "
      "letter by InternVL's script, scored with VLMEvalKit's circular rule. Groups with an answer "
      "on which that script stops are left out.";
  profile.is_scorer = true;
  profile.letter.starts_with_internvl = true;
  return profile;
}

}  // namespace

std::string CircularTask::fault(const Sample& sample, const Profile& profile) const {
  if (is_internvl(profile)) return "";
  const auto why = circular_fault(sample);
  return why.empty() ? options_fault(sample) : why;
}

std::vector<RowFault> CircularTask::faults_among(std::span<const Row> rows,
                                                 const Profile& profile) const {
  return is_internvl(profile) ? std::vector<RowFault>() : missing_rotations(rows);
}

model::Request CircularTask::request(const Sample& sample, const Profile& profile,
                                     Registration registration) const {
  return build_request(sample, multiple_choice_text(sample, profile), profile, registration);
}

std::vector<std::optional<Score>> CircularTask::score(std::span<const Row> rows,
                                                      const Profile& profile, Judge& judge) const {
  if (is_internvl(profile)) return score_letters(rows, profile);
  return profile.letter.starts_with_internvl ? score_letters_circularly(rows, profile)
                                             : score_circular(rows, profile, judge);
}

std::vector<Metric> CircularTask::metrics(std::span<const Row> rows, const Profile& profile) const {
  if (is_internvl(profile)) return letter_metrics(rows, name());
  auto metrics = circular_metrics(rows, name(), set_.main_split);
  if (profile.letter.starts_with_internvl) metrics.push_back(groups_left_out(rows));
  return metrics;
}

std::optional<Sample> CircularTask::placed_where_it_counts(const Row& row,
                                                           std::span<const Row> rows,
                                                           const Profile& profile) const {
  if (is_internvl(profile)) return std::nullopt;
  return in_headline_split(row, rows, set_.main_split);
}

Bounds CircularTask::bounds(std::span<const Row> rows, const Profile& profile) const {
  if (is_internvl(profile)) return Task::bounds(rows, profile);
  const auto known = with_known_misses(rows);
  auto low = settled_rows(*this, profile, known, End::kLow);
  miss_by_lost_rotations(low, headline_split(rows, set_.main_split));
  const auto high = settled_rows(*this, profile, known, End::kHigh);
  return {main_value(*this, profile, low), main_value(*this, profile, high)};
}

std::string_view CircularTask::main_metric(const Profile& profile) const {
  return is_internvl(profile) ? "letter_accuracy" : "Overall";
}

std::optional<double> CircularTask::table_scale(const Profile& profile) const {
  // InternVL's script leaves the circular score to the server; letters alone are another number.
  return is_internvl(profile) ? std::nullopt : std::optional(100.0);
}

bool CircularTask::counts(const Sample& sample, const Profile& profile) const {
  return is_internvl(profile) || is_base_row(sample);
}

std::vector<Profile> circular_profiles(const Profile& internvl) {
  return {vlmevalkit_choice_profile(), vlmevalkit_2024_choice_profile(), internvl,
          internvl_then_vlmevalkit_profile()};
}

}  // namespace mono::tasks
