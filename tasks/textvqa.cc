// TextVQA, validation. Singh et al. 2019, arXiv:1904.08920. Metric: VQA soft accuracy over ten
// references; no OCR tokens in the question.

#include <unordered_map>

#include "tasks/metric/vqa_accuracy.h"
#include "tasks/pipeline/columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

constexpr size_t kNumReferences = 10;

const std::vector<Profile>& textvqa_profiles() {
  static const std::vector<Profile> profiles = {internvl_profile(10), vlmevalkit_profile(),
                                                vlmevalkit_2024_profile()};
  return profiles;
}

/// Normalises each distinct text once.
class Normaliser {
 public:
  explicit Normaliser(const VqaRules& rules) : rules_(rules) {}

  const std::string& answer(std::string_view text) {
    const auto [entry, is_new] = answers_.try_emplace(text);
    if (is_new) entry->second = normalise_vqa(text, rules_);
    return entry->second;
  }

  /// The references in an answer cell.
  const std::vector<std::string>& references(std::string_view cell) {
    const auto [entry, is_new] = cells_.try_emplace(cell);
    if (is_new) entry->second = normalised(accepted_answers(cell));
    return entry->second;
  }

  std::vector<std::string> normalised(const std::vector<std::string>& texts) const {
    std::vector<std::string> result;
    result.reserve(texts.size());
    for (const auto& text : texts) result.push_back(normalise_vqa(text, rules_));
    return result;
  }

 private:
  const VqaRules& rules_;
  std::unordered_map<std::string_view, std::string> answers_;
  std::unordered_map<std::string_view, std::vector<std::string>> cells_;
};

Score score_of(const std::string& answer, const std::vector<std::string>& references,
               const Sample& sample, const Profile& profile) {
  const bool is_internvl = profile.message.pipeline == Pipeline::kInternVl;
  if (is_internvl && references.size() != kNumReferences) {
    model::fail("textvqa: sample ", sample.id, ": expected ", kNumReferences, " references, got ",
                references.size());
  }
  return {.value = vqa_accuracy(answer, references, profile.vqa), .answer = answer, .how = "vqa"};
}

class TextVqa final : public Task {
 public:
  std::string_view name() const override { return "textvqa"; }
  std::vector<std::string_view> aliases() const override { return {"TextVQA_VAL", "textvqa_val"}; }
  std::span<const Profile> profiles() const override { return textvqa_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "TextVQA_VAL"; }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, short_answer_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& /*judge*/) const override {
    const auto positions = answered_rows(rows);
    auto predictions = response_column(rows, positions, profile);
    auto answers = cell_column(rows, positions, "answer", profile);
    Normaliser normaliser(profile.vqa);
    std::vector<std::optional<Score>> scores(rows.size());
    for (size_t k = 0; k < positions.size(); ++k) {
      const auto& sample = *rows[positions[k]].sample;
      const auto& answer = normaliser.answer(predictions.text(k));
      const bool has_cell = sample.cell("answer") != nullptr;
      scores[positions[k]] =
          has_cell ? score_of(answer, normaliser.references(answers.text(k)), sample, profile)
                   : score_of(answer, normaliser.normalised(sample.targets), sample, profile);
    }
    return scores;
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    const auto values = counted_values(rows, name());
    const auto count = static_cast<double>(values.size());
    const auto standard_error = standard_error_of_mean(values);
    Metric metric{.name = std::string(main_metric(profile)),
                  .value = 0,
                  .standard_error = standard_error,
                  .count = static_cast<int>(values.size())};
    if (profile.message.pipeline == Pipeline::kInternVl) {
      metric.value = sum_left_to_right(values) / count;
    } else {
      metric.value = pairwise_mean(values) * 100;
      if (standard_error) metric.standard_error = *standard_error * 100;
    }
    return {metric};
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
