// GQA, balanced test-dev questions. Hudson and Manning 2019, arXiv:1902.09506. Metric: equality
// with the one accepted answer.

#include "tasks/pipeline/accepted_answers.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr int kMaxNewTokens = 10;
constexpr std::string_view kDataset = "GQA_TestDev_Balanced";

const std::vector<Profile>& gqa_profiles() {
  static const std::vector<Profile> profiles = [] {
    auto internvl = internvl_profile(kMaxNewTokens);
    internvl.what =
        "InternVL's scripts and GQA's own evaluator: periods at the end dropped, the answer in "
        "small letters, then equal to the accepted one as it is.";
    auto vek = vlmevalkit_profile();
    vek.what =
        "VLMEvalKit as of 2026: both sides stripped and in small letters, after the result sheet; "
        "a period at the end makes an answer wrong.";
    auto vek_2024 = vlmevalkit_2024_profile();
    vek_2024.what =
        "VLMEvalKit of October 2024: as `vek`, with pictures through JPEG and 1024 new tokens.";
    return std::vector<Profile>{internvl, vek, vek_2024};
  }();
  return profiles;
}

/// What InternVL writes for GQA's evaluator.
std::string evaluator_text(std::string_view response) {
  const size_t last = response.find_last_not_of('.');
  return lower(response.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

std::string plain_text(std::string_view text) {
  return lower(strip(text));
}

class Gqa final : public Task {
 public:
  std::string_view name() const override { return "gqa"; }
  std::vector<std::string_view> aliases() const override {
    return {kDataset, "gqa_testdev_llava", "llava_gqa_testdev_balanced_qwen_format"};
  }
  std::span<const Profile> profiles() const override { return gqa_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override {
    return std::string(kDataset);
  }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, short_answer_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& /*judge*/) const override {
    if (!has_accepted_answers(rows)) return kept_back_scores(rows);
    const auto positions = answered_rows(rows);
    auto predictions = response_column(rows, positions, profile);
    auto targets = cell_column(rows, positions, "answer", profile);
    std::vector<std::optional<Score>> scores(rows.size());
    for (size_t k = 0; k < positions.size(); ++k) {
      const auto prediction = predictions.text(k);
      const auto target = targets.text(k);
      Score score{.how = "equality"};
      score.answer = is_internvl(profile) ? evaluator_text(prediction) : plain_text(prediction);
      const bool is_hit =
          is_internvl(profile) ? score.answer == target : score.answer == plain_text(target);
      score.value = is_hit ? 1 : 0;
      scores[positions[k]] = std::move(score);
    }
    return scores;
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    auto metric = mean_metric(rows, profile, name(), main_metric(profile));
    if (!is_internvl(profile)) return {metric};
    metric.value *= 100;
    if (metric.standard_error) metric.standard_error = *metric.standard_error * 100;
    return {metric};
  }

  std::string_view main_metric(const Profile& profile) const override {
    return is_internvl(profile) ? "accuracy_percent" : "Overall";
  }
};

}  // namespace

const Task& gqa() {
  static const Gqa task;
  return task;
}

}  // namespace mono::tasks
