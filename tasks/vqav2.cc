// VQA v2, validation and test-dev. Goyal et al. 2017, arXiv:1612.00837. Metric: VQA soft accuracy
// over ten references; test-dev is scored by EvalAI.

#include "tasks/metric/vqa_scores.h"
#include "tasks/pipeline/accepted_answers.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tasks/text/python_round.h"

namespace mono::tasks {
namespace {

constexpr int kMaxNewTokens = 10;

const std::vector<Profile>& vqav2_profiles() {
  static const std::vector<Profile> profiles = [] {
    auto internvl = internvl_profile(kMaxNewTokens);
    internvl.what =
        "InternVL's scripts: TextVQA's soft accuracy (M4C's text rules on every question), a "
        "fraction; VQA's own evaluator leaves answers as they are where all ten references agree.";
    auto official = internvl_profile(kMaxNewTokens);
    official.name = "official";
    official.what =
        "VQA's own evaluator on any predictions: answers are normalised, without M4C's rules, only "
        "where the ten references differ; a percentage of two decimals.";
    official.is_scorer = true;
    official.vqa = {.leaves_agreed_answers = true, .sums_left_to_right = true};
    return std::vector<Profile>{internvl, official};
  }();
  return profiles;
}

bool is_official(const Profile& profile) {
  return profile.vqa.leaves_agreed_answers;
}

/// A fraction becomes the percentage that VQA's evaluator prints.
void scale_and_round(Metric& metric) {
  constexpr int kNumDecimals = 2;
  metric.value = python_round(100 * metric.value, kNumDecimals);
  if (metric.standard_error) *metric.standard_error *= 100;
}

class VqaV2 final : public Task {
 public:
  VqaV2(std::string_view name, std::vector<std::string_view> aliases, std::string_view folder)
      : name_(name), aliases_(std::move(aliases)), folder_(folder) {}

  std::string_view name() const override { return name_; }
  std::vector<std::string_view> aliases() const override { return aliases_; }
  std::span<const Profile> profiles() const override { return vqav2_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override {
    return std::string(folder_);
  }

  std::string fault(const Sample& sample, const Profile& profile) const override {
    return reference_fault(sample, profile);
  }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, short_answer_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& /*judge*/) const override {
    if (!has_accepted_answers(rows)) return kept_back_scores(rows);
    return vqa_scores(rows, profile, name_);
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    auto metric = mean_metric(rows, profile, name_, "accuracy");
    if (is_official(profile)) scale_and_round(metric);
    return {metric};
  }

  std::string_view main_metric(const Profile& /*profile*/) const override { return "accuracy"; }

  std::optional<double> table_scale(const Profile& profile) const override {
    return is_official(profile) ? 1 : 100;
  }

 private:
  std::string_view name_;
  std::vector<std::string_view> aliases_;
  std::string_view folder_;
};

}  // namespace

const Task& vqav2() {
  static const VqaV2 task("vqav2", {"VQAv2_VAL"}, "VQAv2_VAL");
  return task;
}

const Task& vqav2_testdev() {
  static const VqaV2 task("vqav2_testdev", {"VQAv2_TESTDEV", "vqav2_test"}, "VQAv2_TESTDEV");
  return task;
}

}  // namespace mono::tasks
