// OCRBench, 1000 questions of ten kinds. Liu et al. 2023, arXiv:2305.07895. Metric: how many
// answers stand in the response, 1000 at most.

#include <algorithm>
#include <array>

#include "tasks/metric/substring_hit.h"
#include "tasks/pipeline/columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kRecognition = "Text Recognition";
constexpr std::string_view kFormulas = "Handwritten Mathematical Expression Recognition";

/// A kind of question and the line of the report it adds to.
struct Kind {
  std::string_view category;
  std::string_view group;
};

constexpr std::array<Kind, 10> kKinds = {
    {{"Regular Text Recognition", kRecognition},
     {"Irregular Text Recognition", kRecognition},
     {"Artistic Text Recognition", kRecognition},
     {"Handwriting Recognition", kRecognition},
     {"Digit String Recognition", kRecognition},
     {"Non-Semantic Text Recognition", kRecognition},
     {"Scene Text-centric VQA", "Scene Text-centric VQA"},
     {"Doc-oriented VQA", "Doc-oriented VQA"},
     {"Key Information Extraction", "Key Information Extraction"},
     {kFormulas, kFormulas}}};

constexpr std::array<std::string_view, 5> kGroups = {kRecognition, "Scene Text-centric VQA",
                                                     "Doc-oriented VQA",
                                                     "Key Information Extraction", kFormulas};

/// "" for a row that failed before its category was known.
std::string_view group_of(const Sample& sample) {
  for (const auto& kind : kKinds) {
    if (kind.category == sample.category) return kind.group;
  }
  return "";
}

Profile with_tiles(Profile profile) {
  profile.message.max_tiles = 24;
  return profile;
}

const std::vector<Profile>& ocrbench_profiles() {
  static const std::vector<Profile> profiles = [] {
    auto vek = with_tiles(vlmevalkit_profile());
    vek.what =
        "VLMEvalKit as of 2026: up to 24 tiles; an answer that stands anywhere in the response "
        "counts, small letters or not, for formulas without blanks and with case.";
    auto vek_2024 = with_tiles(vlmevalkit_2024_profile());
    vek_2024.what =
        "VLMEvalKit of October 2024: as `vek`, with pictures through JPEG, 1024 new tokens, and "
        "answers that look like formulas read as 0.";
    return std::vector<Profile>{vek, vek_2024};
  }();
  return profiles;
}

class OcrBench final : public Task {
 public:
  std::string_view name() const override { return "ocrbench"; }
  std::vector<std::string_view> aliases() const override { return {"OCRBench"}; }
  std::span<const Profile> profiles() const override { return ocrbench_profiles(); }
  std::string_view paper_profile() const override { return "vek-2024"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "OCRBench"; }

  std::string fault(const Sample& sample, const Profile& /*profile*/) const override {
    if (!group_of(sample).empty()) return "";
    return "column 'category': expected one of OCRBench's ten, got '" + sample.category + "'";
  }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, short_answer_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& /*judge*/) const override {
    const auto positions = answered_rows(rows);
    auto predictions = response_column(rows, positions, profile);
    auto answers = cell_column(rows, positions, "answer", profile);
    std::vector<std::optional<Score>> scores(rows.size());
    for (size_t k = 0; k < positions.size(); ++k) {
      const auto& sample = *rows[positions[k]].sample;
      if (const auto why = fault(sample, profile); !why.empty()) {
        model::fail(name(), ": sample ", sample.id, ": ", why);
      }
      const bool is_formula = group_of(sample) == kFormulas;
      const bool has_cell = sample.cell("answer") != nullptr;
      const auto accepted = has_cell ? accepted_answers(answers.text(k)) : sample.targets;
      const auto found = first_answer_in(predictions.text(k), accepted, is_formula);
      scores[positions[k]] = Score{.value = found ? 1.0 : 0.0,
                                   .answer = found.value_or(""),
                                   .how = is_formula ? "formula" : "substring"};
    }
    return scores;
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    const auto values = counted_values(rows, name());
    std::vector<Metric> metrics;
    for (const auto group : kGroups) {
      Metric metric{.name = std::string(group)};
      for (const auto& row : rows) {
        if (!enters_metrics(row) || group_of(*row.sample) != group) continue;
        metric.value += row.score->value;
        ++metric.count;
      }
      metrics.push_back(metric);
    }
    Metric total{.name = std::string(main_metric(profile))};
    for (const double value : values) total.value += value;
    total.count = static_cast<int>(values.size());
    metrics.push_back(total);
    metrics.push_back(
        {.name = "Final Score Norm", .value = total.value / 10, .count = total.count});
    return metrics;
  }

  std::string_view main_metric(const Profile& /*profile*/) const override { return "Final Score"; }
};

}  // namespace

const Task& ocrbench() {
  static const OcrBench task;
  return task;
}

}  // namespace mono::tasks
