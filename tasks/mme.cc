// MME, 14 tasks of yes/no questions, two a picture. Fu et al. 2023, arXiv:2306.13394. Metric: a
// task scores 100 for its share of right answers and 100 for its share of pictures with both right;
// ten tasks are perception (0 to 2000), four cognition (0 to 800).

#include <array>
#include <limits>
#include <map>

#include "tasks/metric/mme_answer.h"
#include "tasks/metric/yes_no.h"
#include "tasks/pipeline/columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

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

bool is_internvl(const Profile& profile) {
  return profile.message.pipeline == Pipeline::kInternVl;
}

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

bool has_verdict(const Row& row) {
  return row.score && row.score->state != ScoreState::kUnscored;
}

/// A line that the calculation drops: the answer holds a tab. It is missing among the answers, its
/// picture still counts.
bool is_dropped(const Row& row) {
  return row.score->state == ScoreState::kUnparsed && !row.score->is_counted;
}

using Rows = std::vector<const Row*>;

/// The rows of one task by picture: lines 1 and 2, 3 and 4 of the file, or rows that name one
/// picture.
std::vector<Rows> pairs_of(const Rows& rows, const Profile& profile) {
  std::vector<Rows> pairs;
  std::map<std::string, size_t> pair_of_image;
  for (size_t i = 0; i < rows.size(); ++i) {
    size_t pair = i / 2;
    if (!is_internvl(profile)) {
      pair = pair_of_image.emplace(picture_of(*rows[i]->sample), pairs.size()).first->second;
    }
    if (pair == pairs.size()) pairs.emplace_back();
    pairs[pair].push_back(rows[i]);
  }
  return pairs;
}

/// 100 * share of right answers + 100 * share of pictures with two right answers; a picture with
/// fewer than two verdicts is not judged, of more than two the first two count.
Metric task_score(std::string name, const Rows& rows, const Profile& profile) {
  std::vector<double> answers;
  for (const auto* const row : rows) {
    if (has_verdict(*row) && !is_dropped(*row)) answers.push_back(row->score->value);
  }
  std::vector<double> pictures;
  for (const auto& pair : pairs_of(rows, profile)) {
    if (pair.size() < 2 || !has_verdict(*pair[0]) || !has_verdict(*pair[1])) continue;
    pictures.push_back(pair[0]->score->value * pair[1]->score->value);
  }
  Metric metric{.name = std::move(name),
                .value = std::numeric_limits<double>::quiet_NaN(),
                .count = static_cast<int>(answers.size())};
  if (!answers.empty() && !pictures.empty()) {
    metric.value = pairwise_mean(answers) * 100 + pairwise_mean(pictures) * 100;
  }
  return metric;
}

class Mme final : public Task {
 public:
  std::string_view name() const override { return "mme"; }
  std::vector<std::string_view> aliases() const override { return {"MME"}; }
  std::span<const Profile> profiles() const override { return mme_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "MME"; }
  std::string_view data_folder() const override { return "Your_Results"; }

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
    std::map<std::string_view, Rows> rows_of_task;
    Metric sum{.name = "sum"};
    for (const auto& row : rows) {
      rows_of_task[row.sample->category].push_back(&row);
      if (has_verdict(row)) ++sum.count;
    }
    if (sum.count == 0) model::fail("mme: expected at least one scored row, got none");
    std::vector<Metric> totals;
    std::vector<Metric> tasks;
    for (const auto& half : is_internvl(profile) ? kInternVlHalves : kVlmEvalKitHalves) {
      Metric total{.name = std::string(half.name)};
      for (const auto task : half.tasks) {
        tasks.push_back(task_score(std::string(task), rows_of_task[task], profile));
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

  std::string_view main_metric(const Profile& /*profile*/) const override { return "sum"; }
};

}  // namespace

const Task& mme() {
  static const Mme task;
  return task;
}

}  // namespace mono::tasks
