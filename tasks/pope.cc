// POPE, whether an object is in a COCO picture: three ways to choose the absent ones (adversarial,
// popular, random), 3000 questions each. Li et al. 2023, arXiv:2305.10355. Metric: F1 of `yes`.

#include "tasks/metric/pope_counts.h"
#include "tasks/metric/yes_no.h"
#include "tasks/pipeline/accepted_answers.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr int kMaxNewTokens = 100;

const std::vector<Profile>& pope_profiles() {
  static const std::vector<Profile> profiles = [] {
    auto internvl = internvl_profile(kMaxNewTokens);
    internvl.what =
        "InternVL's script and POPE's own evaluate.py: no where the first sentence has the word "
        "no, No or not, else yes; fractions by category, and the mean of their F1 as a percentage. "
        "No reference data was at hand to check it with.";
    auto vek = vlmevalkit_profile();
    vek.what =
        "VLMEvalKit as of 2026: the bare question; yes or no as a word of the answer, else "
        "neither, which is wrong and counts as no; F1 over all questions, those of several "
        "categories once for each. No reference data was at hand to check it with.";
    auto vek_2024 = vlmevalkit_2024_profile();
    vek_2024.what =
        "VLMEvalKit of October 2024: as vek, with pictures through JPEG and 1024 new tokens.";
    return std::vector<Profile>{internvl, vek, vek_2024};
  }();
  return profiles;
}

/// Rule: AoiDragon/POPE@f3ec604 evaluate.py; OpenGVLab/InternVL@2410d1d
/// internvl_chat/eval/pope/eval_pope.py.
std::string read_first_sentence(std::string_view response) {
  const auto sentence = replace_all(response.substr(0, response.find('.')), ",", "");
  const auto words = " " + sentence + " ";
  for (const std::string_view no : {" No ", " not ", " no "}) {
    if (words.find(no) != std::string::npos) return "no";
  }
  return "yes";
}

/// InternVL's lines; a quotient without a denominator, on which its script stops, is not a number.
std::vector<Metric> fractions(const PopeTable& table) {
  std::vector<Metric> metrics;
  Metric overall{.name = "Overall F1"};
  for (const auto& [category, counts] : table.by_category) {
    const int count = static_cast<int>(counts.all);
    const std::pair<const char*, double> values[] = {
        {"Accuracy", counts.right / counts.all},
        {"Precision", counts.precision()},
        {"Recall", counts.recall()},
        {"F1 score", counts.f1()},
        {"Yes ratio", (counts.yes_right + counts.yes_wrong) / counts.all}};
    for (const auto& [name, value] : values) {
      metrics.push_back({.name = name, .split = category, .value = value, .count = count});
    }
    overall.value += counts.f1();
    overall.count += count;
  }
  overall.value = overall.value / static_cast<double>(table.by_category.size()) * 100;
  metrics.push_back(overall);
  return metrics;
}

double or_zero(double quotient) {
  return quotient > 0 ? quotient : 0;
}

void add_percentages(std::vector<Metric>& metrics, const std::string& split,
                     const PopeCounts& counts) {
  const std::pair<const char*, double> values[] = {{"Overall", or_zero(counts.f1())},
                                                   {"acc", counts.right / counts.all},
                                                   {"precision", or_zero(counts.precision())},
                                                   {"recall", or_zero(counts.recall())}};
  for (const auto& [name, value] : values) {
    metrics.push_back({.name = name,
                       .split = split,
                       .value = value * 100,
                       .count = static_cast<int>(counts.all)});
  }
}

class Pope final : public Task {
 public:
  std::string_view name() const override { return "pope"; }
  std::vector<std::string_view> aliases() const override { return {"POPE", "llava_pope_test"}; }
  std::span<const Profile> profiles() const override { return pope_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "POPE"; }

  std::string fault(const Sample& sample, const Profile& /*profile*/) const override {
    return yes_no_fault(sample);
  }

  std::vector<std::string> warnings(std::span<const Row> rows,
                                    const Profile& profile) const override {
    return is_internvl(profile) ? std::vector<std::string>() : unmatched_answers(rows);
  }

  /// InternVL's script adds a blank and an empty prompt to a question that has its instruction.
  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    const auto text = is_internvl(profile) ? sample.question + " " : sample.question;
    return build_request(sample, text, profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& judge) const override {
    if (!has_accepted_answers(rows)) return kept_back_scores(rows);
    if (!is_internvl(profile)) return score_yes_no(rows, profile, judge);
    std::vector<std::optional<Score>> scores(rows.size());
    for (size_t i = 0; i < rows.size(); ++i) {
      if (!rows[i].error.empty()) continue;
      Score score{.answer = read_first_sentence(rows[i].response), .how = "first sentence"};
      score.value = (score.answer == "yes") == (lower(pope_label(*rows[i].sample)) != "no") ? 1 : 0;
      scores[i] = std::move(score);
    }
    return scores;
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    known_values(rows, name());
    const auto table = pope_table(rows);
    if (is_internvl(profile)) return fractions(table);
    std::vector<Metric> metrics;
    add_percentages(metrics, "Overall", table.all);
    for (const auto& [category, counts] : table.by_category) {
      add_percentages(metrics, category, counts);
    }
    return metrics;
  }

  Bounds bounds(std::span<const Row> rows, const Profile& profile) const override {
    known_values(settled_rows(*this, profile, rows, End::kLow), name());
    const bool is_pooled = !is_internvl(profile);
    return {extreme_f1(rows, is_pooled, End::kLow) * 100,
            extreme_f1(rows, is_pooled, End::kHigh) * 100};
  }

  std::string_view main_metric(const Profile& profile) const override {
    return is_internvl(profile) ? "Overall F1" : "Overall";
  }
};

}  // namespace

const Task& pope() {
  static const Pope task;
  return task;
}

}  // namespace mono::tasks
