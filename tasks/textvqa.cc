// TextVQA, validation. Singh et al. 2019, arXiv:1904.08920. Metric: VQA soft accuracy over ten
// references; no OCR tokens in the question.

#include "tasks/metric/vqa_scores.h"
#include "tasks/pipeline/accepted_answers.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

const std::vector<Profile>& textvqa_profiles() {
  static const std::vector<Profile> profiles = [] {
    constexpr int kMaxNewTokens = 10;
    auto internvl = internvl_profile(kMaxNewTokens);
    internvl.what =
        "InternVL's scripts: M4C's text rules, commas and question marks deleted and `'s` split "
        "off first; a fraction.";
    auto vek = vlmevalkit_profile();
    vek.what =
        "VLMEvalKit as of 2026: no M4C rules, a period stays beside a digit (`5.` is not `5`), "
        "answers go through a result sheet; a percentage.";
    auto vek_2024 = vlmevalkit_2024_profile();
    vek_2024.what =
        "VLMEvalKit of October 2024: as `vek`, but a period behind a digit goes, pictures through "
        "JPEG, 1024 new tokens, and answers that look like formulas read as 0.";
    return std::vector<Profile>{internvl, vek, vek_2024};
  }();
  return profiles;
}

class TextVqa final : public Task {
 public:
  std::string_view name() const override { return "textvqa"; }
  std::vector<std::string_view> aliases() const override { return {"TextVQA_VAL", "textvqa_val"}; }
  std::span<const Profile> profiles() const override { return textvqa_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "TextVQA_VAL"; }

  std::string fault(const Sample& sample, const Profile& profile) const override {
    return reference_fault(sample, profile);
  }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, short_answer_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& /*judge*/) const override {
    return vqa_scores(rows, profile, name());
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    return {mean_metric(rows, profile, name(), "accuracy")};
  }

  std::string_view main_metric(const Profile& profile) const override {
    return profile.message.pipeline == Pipeline::kInternVl ? "accuracy" : "Overall";
  }

  std::optional<double> table_scale(const Profile& profile) const override {
    return profile.message.pipeline == Pipeline::kInternVl ? 100 : 1;
  }
};

}  // namespace

const Task& textvqa() {
  static const TextVqa task;
  return task;
}

}  // namespace mono::tasks
