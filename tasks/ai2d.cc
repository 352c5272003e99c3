// AI2D, test, label texts masked by letters. Kembhavi et al. 2016, arXiv:1603.07396. Metric:
// accuracy.

#include <algorithm>

#include "tasks/metric/accuracy_report.h"
#include "tasks/metric/internvl_letters.h"
#include "tasks/metric/plain_choice.h"
#include "tasks/pipeline/choice_columns.h"
#include "tasks/pipeline/choice_profiles.h"
#include "tasks/pipeline/columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

const std::vector<Profile>& ai2d_profiles() {
  static const std::vector<Profile> profiles = [] {
    auto internvl = internvl_profile(10);
    internvl.what =
        "InternVL's own script: the whole answer must be the letter, but for case and blanks "
        "around it; `A.` is wrong.";
    internvl.message.last_choice = 'Z';
    return std::vector{internvl, vlmevalkit_choice_profile(), vlmevalkit_2024_choice_profile()};
  }();
  return profiles;
}

std::string evened_out(std::string_view text) {
  return lower(strip(text));
}

/// Equality with an accepted answer, both stripped and lower-cased.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/vqa/evaluate_vqa.py,
/// evaluate_exact_match_accuracy.
Score score_whole_answer(const Row& row) {
  const auto& targets = row.sample->targets;
  auto answer = evened_out(row.response);
  const bool is_hit = std::any_of(targets.begin(), targets.end(), [&](const std::string& target) {
    return evened_out(target) == answer;
  });
  return {.value = is_hit ? 1.0 : 0.0, .answer = std::move(answer), .how = "whole answer"};
}

class Ai2d final : public Task {
 public:
  std::string_view name() const override { return "ai2d"; }
  std::vector<std::string_view> aliases() const override {
    return {"AI2D_TEST", "ai2diagram_test", "test_vlmevalkit"};
  }
  std::span<const Profile> profiles() const override { return ai2d_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "AI2D_TEST"; }

  std::string fault(const Sample& sample, const Profile& profile) const override {
    return is_internvl(profile) ? "" : options_fault(sample);
  }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, choice_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& judge) const override {
    if (!is_internvl(profile)) {
      return score_choices(rows, profile, judge);
    }
    std::vector<std::optional<Score>> scores(rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      if (rows[i].error.empty()) scores[i] = score_whole_answer(rows[i]);
    }
    return scores;
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    if (is_internvl(profile)) return {share_of_hits(rows, name(), "accuracy")};
    return choice_metrics(rows, name());
  }

  std::optional<Sample> placed_where_it_counts(const Row& row, std::span<const Row> rows,
                                               const Profile& /*profile*/) const override {
    return in_headline_split(row, rows, "");
  }

  std::string_view main_metric(const Profile& profile) const override {
    return is_internvl(profile) ? "accuracy" : "Overall";
  }
  std::optional<double> table_scale(const Profile& /*profile*/) const override { return 100; }
};

}  // namespace

const Task& ai2d() {
  static const Ai2d task;
  return task;
}

}  // namespace mono::tasks
