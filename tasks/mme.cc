// MME, 14 tasks of yes/no questions, two a picture. Fu et al. 2023, arXiv:2306.13394. Metric: a
// task scores 100 for its share of right answers and 100 for its share of pictures with both right;
// ten tasks are perception (0 to 2000), four cognition (0 to 800).

#include <algorithm>
#include <array>
#include <limits>
#include <map>

#include "tasks/metric/mme_answer.h"
#include "tasks/metric/mme_counts.h"
#include "tasks/metric/mme_pairs.h"
#include "tasks/metric/yes_no.h"
#include "tasks/pipeline/columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

/// A half of the benchmark and its tasks, in the order in which the pipeline adds them up.
struct Half {
  std::string_view name;
  std::vector<std::string_view> tasks;
};

const std::array<Half, 2> kInternVlHalves = {
    {{"Perception",
      {"existence", "count", "position", "color", "posters", "celebrity", "scene", "landmark",
       "artwork", "OCR"}},
     {"Cognition",
      {"commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning"}}}};

const std::array<Half, 2> kVlmEvalKitHalves = {
    {{"perception",
      {"OCR", "artwork", "celebrity", "color", "count", "existence", "landmark", "position",
       "posters", "scene"}},
     {"reasoning",
      {"code_reasoning", "commonsense_reasoning", "numerical_calculation", "text_translation"}}}};

Profile with_blank_join(Profile profile, std::string what) {
  profile.message.short_answer_join = " ";
  profile.what = std::move(what);
  return profile;
}

/// The script has generation settings of its own: sampling limits that are inert, no least length.
Profile internvl_mme_profile() {
  auto profile = internvl_profile(20);
  const model::Decoding decoding = {
      .max_new_tokens = 20, .top_p = 0.9, .top_k = 50, .num_beams = 1};
  profile.message.decoding = decoding;
  profile.message.decoding_v15 = decoding;
  profile.what =
      "InternVL's own script and MME's tool: yes or no among the first four characters, so that "
      "`Not sure` is no; pairs are lines 1 and 2, 3 and 4 of a task, an answer with a tab is lost.";
  return profile;
}

const std::vector<Profile>& mme_profiles() {
  static const std::vector<Profile> profiles = {
      internvl_mme_profile(),
      with_blank_join(vlmevalkit_profile(),
                      "VLMEvalKit as of 2026: yes or no as a word anywhere in the answer, so that "
                      "`Not sure` is neither; what is neither is put to a judge, where replies are "
                      "on record. Pairs are rows that name one picture."),
      with_blank_join(vlmevalkit_2024_profile(),
                      "VLMEvalKit of October 2024: as vek, with pictures through JPEG, formulas in "
                      "the result sheet as 0, and at most 1024 new tokens.")};
  return profiles;
}

/// NaN where no picture of the task is judged.
Metric task_score(std::string name, const MmeCounts& counts) {
  const bool is_judged = counts.answers > 0 && counts.pictures > 0;
  return {.name = std::move(name),
          .value = is_judged ? counts.score() : std::numeric_limits<double>::quiet_NaN(),
          .count = static_cast<int>(counts.answers)};
}

const std::array<Half, 2>& halves_of(const Profile& profile) {
  return is_internvl(profile) ? kInternVlHalves : kVlmEvalKitHalves;
}

/// An end of the bounds of the sum, where a row may have lost its task or its picture.
double extreme_mme_sum(const Task& mme, std::span<const Row> rows, const Profile& profile,
                       End end) {
  std::vector<Row> whole;
  std::map<std::string, int> without_picture;
  int without_task = 0;
  for (auto& row : settled_rows(mme, profile, rows, end)) {
    if (has_lost(row, &Sample::category)) {
      ++without_task;
    } else if (has_lost_picture(row)) {
      ++without_picture[row.sample->category];
    } else {
      whole.push_back(std::move(row));
    }
  }
  auto by_task = rows_by_mme_task(whole, profile);
  std::vector<GroupValue> tasks;
  for (const auto& half : halves_of(profile)) {
    for (const auto name : half.tasks) {
      const auto counts = mme_counts(by_task[std::string(name)], profile);
      tasks.emplace_back([counts, end, own = without_picture[std::string(name)]](int num_more) {
        return counts.score_with(own + num_more, end);
      });
    }
  }
  return extreme_sum(tasks, without_task, end);
}

class Mme final : public Task {
 public:
  std::string_view name() const override { return "mme"; }
  std::vector<std::string_view> aliases() const override { return {"MME"}; }
  std::span<const Profile> profiles() const override { return mme_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "MME"; }

  std::string fault(const Sample& sample, const Profile& profile) const override {
    const auto why = is_internvl(profile) ? "" : picture_fault(sample);
    return why.empty() ? yes_no_fault(sample) : why;
  }

  std::vector<RowFault> faults_among(std::span<const Row> rows,
                                     const Profile& profile) const override {
    return rows_without_pair(rows, profile);
  }

  std::vector<std::string> warnings(std::span<const Row> rows,
                                    const Profile& profile) const override {
    return is_internvl(profile) ? pairs_of_two_pictures(rows, profile) : unmatched_answers(rows);
  }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, short_answer_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& judge) const override {
    if (!is_internvl(profile)) return score_yes_no(rows, profile, judge);
    const auto positions = answered_rows(rows);
    auto targets = cell_column(rows, positions, "answer", profile);
    std::vector<std::optional<Score>> scores(rows.size());
    for (size_t k = 0; k < positions.size(); ++k) {
      scores[positions[k]] = score_mme_answer(rows[positions[k]].response, targets.text(k));
    }
    return scores;
  }

  /// A half with a task of which no picture is judged has no total: upstream stops there.
  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    auto rows_of_task = rows_by_mme_task(rows, profile);
    const auto num_verdicts = std::count_if(rows.begin(), rows.end(), has_mme_verdict);
    Metric sum{.name = "sum", .count = static_cast<int>(num_verdicts)};
    if (sum.count == 0) model::fail("mme: expected at least one scored row, got none");
    std::vector<Metric> totals;
    std::vector<Metric> tasks;
    for (const auto& half : halves_of(profile)) {
      Metric total{.name = std::string(half.name)};
      for (const auto task : half.tasks) {
        const std::string task_name(task);
        tasks.push_back(task_score(task_name, mme_counts(rows_of_task[task_name], profile)));
        total.value += tasks.back().value;
        total.count += tasks.back().count;
      }
      sum.value += total.value;
      totals.push_back(total);
    }
    withhold_if_unscored(sum, rows);
    totals.insert(totals.begin(), sum);
    totals.insert(totals.end(), tasks.begin(), tasks.end());
    totals.push_back(is_internvl(profile) ? num_rows_metric("other", rows, "other")
                                          : num_rows_metric("unknown", rows, "Unknown"));
    return totals;
  }

  Bounds bounds(std::span<const Row> rows, const Profile& profile) const override {
    if (is_internvl(profile)) return Task::bounds(rows, profile);
    return {extreme_mme_sum(*this, rows, profile, End::kLow),
            extreme_mme_sum(*this, rows, profile, End::kHigh)};
  }

  std::string_view main_metric(const Profile& /*profile*/) const override { return "sum"; }
};

}  // namespace

const Task& mme() {
  static const Mme task;
  return task;
}

}  // namespace mono::tasks
