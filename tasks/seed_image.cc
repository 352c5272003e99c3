// SEED-Bench, first version, the questions on images. Li et al. 2023, arXiv:2307.16125. Metric:
// accuracy. InternVL's data also holds the questions on videos; its script reports both parts.

#include <array>
#include <limits>

#include "tasks/bounds.h"
#include "tasks/metric/accuracy_report.h"
#include "tasks/metric/internvl_letters.h"
#include "tasks/metric/plain_choice.h"
#include "tasks/pipeline/choice_columns.h"
#include "tasks/pipeline/choice_profiles.h"
#include "tasks/pipeline/columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/reader/choice_layouts.h"
#include "tasks/registry.h"
#include "tasks/text/python_number.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

constexpr std::string_view kImageAccuracy = "Image accuracy";

const std::vector<Profile>& seed_profiles() {
  static const std::vector<Profile> profiles = [] {
    auto internvl = internvl_profile(100);
    internvl.what =
        "InternVL's own scripts: the first character of the answer is the letter (`Because` is "
        "B); accuracies in percent over the nine kinds of image questions.";
    internvl.message.last_choice = 'Z';
    return std::vector{internvl, vlmevalkit_choice_profile(), vlmevalkit_2024_choice_profile()};
  }();
  return profiles;
}

std::string_view target_of(const Sample& sample) {
  return sample.targets.empty() ? "" : std::string_view(sample.targets.front());
}

bool is_letter(std::string_view text) {
  return text.size() == 1 && text[0] >= 'A' && text[0] <= 'D';
}

/// The first character, nothing stripped; on an empty answer the reference stops.
Score score_first_character(const Row& row) {
  if (row.response.empty()) return raising_score();
  size_t behind = 0;
  next_code_point(row.response, behind);
  const auto letter = std::string_view(row.response).substr(0, behind);
  return {.value = letter == target_of(*row.sample) ? 1.0 : 0.0,
          .answer = std::string(letter),
          .how = "first character",
          .state = is_letter(letter) ? ScoreState::kRead : ScoreState::kUnparsed};
}

/// The share of right rows among those counted, times `scale`; NaN where there is none.
class Share {
 public:
  Share(std::string_view name, double scale) : name_(name), scale_(scale) {}

  void add(bool is_right) { values_.push_back(is_right ? 1 : 0); }

  Metric metric() const {
    Metric metric{.name = std::string(name_),
                  .value = std::numeric_limits<double>::quiet_NaN(),
                  .standard_error = standard_error_of_mean(values_),
                  .count = static_cast<int>(values_.size())};
    if (metric.count == 0) return metric;
    metric.value = sum_left_to_right(values_) / metric.count * scale_;
    if (metric.standard_error) *metric.standard_error *= scale_;
    return metric;
  }

 private:
  std::string_view name_;
  double scale_;
  std::vector<double> values_;
};

/// What InternVL's two scripts print: accuracies in percent by kind of question, over all, over
/// images and over videos; then the share of answers that are the right letter and nothing else.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/seed/calculation.py, evaluate_seed.py.
std::vector<Metric> internvl_metrics(std::span<const Row> rows) {
  constexpr double kPercent = 100;
  std::vector<Share> kinds;
  kinds.reserve(kSeedKinds.size());
  for (const auto name : kSeedKinds) kinds.emplace_back(name, kPercent);
  Share total("Total accuracy", kPercent);
  Share images(kImageAccuracy, kPercent);
  Share videos("Video accuracy", kPercent);
  Share strict("accuracy", 1);
  for (const auto& row : rows) {
    if (!enters_metrics(row)) continue;
    const bool is_right = row.score->value == 1;
    const auto kind = seed_kind(row.sample->category);
    if (kind) kinds[*kind].add(is_right);
    if (kind) (*kind < kNumSeedImageKinds ? images : videos).add(is_right);
    total.add(is_right);
    strict.add(is_right && row.response == target_of(*row.sample));
  }
  std::vector<Metric> metrics = {images.metric()};
  for (const auto& kind : kinds) metrics.push_back(kind.metric());
  metrics.push_back(total.metric());
  metrics.push_back(videos.metric());
  metrics.push_back(strict.metric());
  return metrics;
}

class SeedImage final : public Task {
 public:
  std::string_view name() const override { return "seed_image"; }
  std::vector<std::string_view> aliases() const override {
    return {"SEEDBench_IMG", "SEEDBench", "SEED-Bench", "seed", "SEEDv1"};
  }
  std::span<const Profile> profiles() const override { return seed_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "SEEDBench_IMG"; }

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
      if (rows[i].error.empty()) scores[i] = score_first_character(rows[i]);
    }
    return scores;
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    if (!is_internvl(profile)) return choice_metrics(rows, name());
    counted_values(rows, name());  // refuses an empty set
    return internvl_metrics(rows);
  }

  std::optional<Sample> placed_where_it_counts(const Row& row, std::span<const Row> rows,
                                               const Profile& profile) const override {
    if (!is_internvl(profile)) return in_headline_split(row, rows, "");
    if (!has_lost(row, &Sample::category)) return std::nullopt;
    auto sample = *row.sample;
    sample.category = kSeedKinds.front();
    return sample;
  }

  std::string_view main_metric(const Profile& profile) const override {
    return is_internvl(profile) ? kImageAccuracy : "Overall";
  }
  std::optional<double> table_scale(const Profile& profile) const override {
    return is_internvl(profile) ? 1 : 100;
  }
};

}  // namespace

const Task& seed_image() {
  static const SeedImage task;
  return task;
}

}  // namespace mono::tasks
