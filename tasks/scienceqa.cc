// ScienceQA, the 2017 test questions with a picture. Lu et al. 2022, arXiv:2209.09513. Metric:
// accuracy.

#include "tasks/metric/accuracy_report.h"
#include "tasks/metric/internvl_letters.h"
#include "tasks/metric/plain_choice.h"
#include "tasks/pipeline/choice_columns.h"
#include "tasks/pipeline/choice_profiles.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kSplit = "test";

const std::vector<Profile>& scienceqa_profiles() {
  static const std::vector<Profile> profiles = [] {
    auto internvl_2024 = internvl_profile(100);
    internvl_2024.name = "ivl-2024";
    internvl_2024.what =
        "InternVL's own script of August 2024: a leading letter or the first option text in the "
        "answer counts; blanks around the question stay.";
    auto internvl = internvl_profile(100);
    internvl.what =
        "InternVL's own script of 2025: `X.` and `(X)` are read too; the question is stripped.";
    internvl.message.strips_text = true;
    internvl.letter.reads_marked_letters = true;
    return std::vector{internvl, internvl_2024, vlmevalkit_choice_profile(),
                       vlmevalkit_2024_choice_profile()};
  }();
  return profiles;
}

class ScienceQa final : public Task {
 public:
  std::string_view name() const override { return "scienceqa"; }
  std::vector<std::string_view> aliases() const override {
    return {"ScienceQA_TEST", "scienceqa_test_img", "sqa_test"};
  }
  std::span<const Profile> profiles() const override { return scienceqa_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "ScienceQA_TEST"; }

  std::string fault(const Sample& sample, const Profile& profile) const override {
    return is_internvl(profile) ? "" : options_fault(sample);
  }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    constexpr size_t kMaxOptions = 5;
    if (is_internvl(profile) && sample.choices.size() > kMaxOptions) {
      model::fail("scienceqa: sample ", sample.id, ": InternVL's script knows ", kMaxOptions,
                  " options, got ", sample.choices.size());
    }
    return build_request(sample, multiple_choice_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& judge) const override {
    return is_internvl(profile) ? score_letters(rows, profile)
                                : score_choices(rows, profile, judge);
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    if (is_internvl(profile)) return {share_of_hits(rows, name(), "accuracy")};
    return choice_metrics(rows, name(), kSplit);
  }

  std::optional<Sample> placed_where_it_counts(const Row& row, std::span<const Row> rows,
                                               const Profile& /*profile*/) const override {
    return in_headline_split(row, rows, kSplit);
  }

  std::string_view main_metric(const Profile& profile) const override {
    return is_internvl(profile) ? "accuracy" : "Overall";
  }
  std::optional<double> table_scale(const Profile& /*profile*/) const override { return 100; }
};

}  // namespace

const Task& scienceqa() {
  static const ScienceQa task;
  return task;
}

}  // namespace mono::tasks
