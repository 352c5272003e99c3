// HallusionBench, the 951 questions with a picture. Guan et al. 2023, arXiv:2310.14566. Metric: the
// mean of three accuracies: over questions, over figures (all questions right) and over question
// groups (right on all figures).

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "tasks/bounds.h"
#include "tasks/metric/yes_no.h"
#include "tasks/pipeline/columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

Profile with_yes_no(Profile profile, std::string what) {
  profile.message.short_answer_join = " Please answer yes or no. ";
  profile.what = std::move(what);
  return profile;
}

const std::vector<Profile>& hallusionbench_profiles() {
  static const std::vector<Profile> profiles = {
      with_yes_no(vlmevalkit_profile(),
                  "VLMEvalKit as of 2026: yes or no as a word of the answer; what has neither or "
                  "both is put to a judge, where replies are on record, and is wrong otherwise. It "
                  "prints three accuracies, the published number is their mean."),
      with_yes_no(
          vlmevalkit_2024_profile(),
          "VLMEvalKit of October 2024: as vek, with pictures through JPEG, formulas in the "
          "result sheet as 0, every period without a digit behind it taken out, and at most "
          "1024 new tokens.")};
  return profiles;
}

/// The fields of an index such as `VD_illusion_1_0_2_3` that name set, figure and question.
struct IndexFields {
  std::string set{};
  std::string figure{};
  std::string question{};
};

std::vector<std::string> split_id(const Sample& sample) {
  std::vector<std::string> fields(1);
  for (const char c : sample.id) {
    if (c == '_') {
      fields.emplace_back();
    } else {
      fields.back().push_back(c);
    }
  }
  return fields;
}

/// What is wrong with the index; "" where nothing is.
std::string index_fault(const Sample& sample) {
  constexpr size_t kNumFields = 6;
  const auto fields = split_id(sample);
  if (fields.size() >= kNumFields) return "";
  return "column 'index': expected an index of six fields joined by _, got " +
         std::to_string(fields.size());
}

IndexFields fields_of(const Sample& sample) {
  const auto fault = index_fault(sample);
  if (!fault.empty()) model::fail("hallusionbench: sample ", sample.id, ": ", fault);
  const auto fields = split_id(sample);
  return {fields[3], fields[4], fields[5]};
}

bool has_verdict(const Row& row) {
  return row.score && row.score->state != ScoreState::kUnscored;
}

/// A group of rows: right if every one is; not judged if one has no verdict.
struct Group {
  bool is_right = true;
  bool is_judged = true;

  void add(const Row& row) {
    is_judged = is_judged && has_verdict(row);
    is_right = is_right && has_verdict(row) && row.score->value == 1;
  }
};

std::vector<double> values_of(const std::map<std::string, Group>& groups) {
  std::vector<double> values;
  for (const auto& [key, group] : groups) {
    if (group.is_judged) values.push_back(group.is_right ? 1 : 0);
  }
  return values;
}

Metric percentage(std::string name, const std::string& split, std::span<const double> hits) {
  Metric metric{.name = std::move(name),
                .split = split,
                .value = std::numeric_limits<double>::quiet_NaN(),
                .standard_error = standard_error_of_mean(hits),
                .count = static_cast<int>(hits.size())};
  if (!hits.empty()) metric.value = pairwise_mean(hits) * 100;
  if (metric.standard_error) *metric.standard_error *= 100;
  return metric;
}

/// What the three accuracies are made of.
struct Hits {
  std::vector<double> questions{};
  std::map<std::string, Group> figures{};
  std::map<std::string, Group> question_groups{};
};

/// Of the rows of a category, or of all rows where it is "Overall".
Hits hits_of(std::span<const Row> rows, const std::string& category) {
  Hits hits;
  for (const auto& row : rows) {
    const auto& sample = *row.sample;
    const bool is_wanted =
        category == "Overall" || category == sample.category || category == sample.l2_category;
    const bool is_unknown = !row.error.empty() && !index_fault(sample).empty();
    if (!is_wanted || is_unknown) continue;
    const auto fields = fields_of(sample);
    if (has_verdict(row)) hits.questions.push_back(row.score->value);
    const auto set = sample.l2_category + "_" + fields.set + "_";
    hits.figures[set + fields.figure].add(row);
    hits.question_groups[set + fields.question].add(row);
  }
  return hits;
}

std::vector<Metric> accuracies(std::span<const Row> rows, const std::string& category) {
  const auto hits = hits_of(rows, category);
  return {percentage("aAcc", category, hits.questions),
          percentage("fAcc", category, values_of(hits.figures)),
          percentage("qAcc", category, values_of(hits.question_groups))};
}

double extreme_questions(std::span<const double> hits, double num_lost, End end) {
  const double more = end == End::kHigh ? num_lost : 0;
  return (sum_left_to_right(hits) + more) / (static_cast<double>(hits.size()) + num_lost);
}

/// A row that lost its index is at worst of a group that would be right, at best one of its own.
double extreme_groups(const std::map<std::string, Group>& groups, double num_lost, End end) {
  const auto hits = values_of(groups);
  if (end == End::kHigh) return extreme_questions(hits, num_lost, end);
  const double right = std::max(sum_left_to_right(hits) - num_lost, 0.0);
  return right / static_cast<double>(hits.size());
}

double extreme_mean(const Task& task, std::span<const Row> rows, const Profile& profile, End end) {
  auto settled = settled_rows(task, profile, rows, end);
  const auto num_lost = static_cast<double>(std::erase_if(settled, [](const Row& row) {
    return !index_fault(*row.sample).empty() || has_lost(row, &Sample::l2_category);
  }));
  const auto hits = hits_of(settled, "Overall");
  return (extreme_questions(hits.questions, num_lost, end) +
          extreme_groups(hits.figures, num_lost, end) +
          extreme_groups(hits.question_groups, num_lost, end)) /
         3 * 100;
}

class HallusionBench final : public Task {
 public:
  std::string_view name() const override { return "hallusionbench"; }
  std::vector<std::string_view> aliases() const override { return {"HallusionBench"}; }
  std::span<const Profile> profiles() const override { return hallusionbench_profiles(); }
  std::string_view paper_profile() const override { return "vek-2024"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "HallusionBench"; }

  std::string fault(const Sample& sample, const Profile& /*profile*/) const override {
    const auto why = index_fault(sample);
    return why.empty() ? yes_no_fault(sample) : why;
  }

  std::vector<std::string> warnings(std::span<const Row> rows,
                                    const Profile& /*profile*/) const override {
    return unmatched_answers(rows);
  }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, short_answer_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& judge) const override {
    return score_yes_no(rows, profile, judge);
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    const auto count = static_cast<int>(counted_values(rows, name()).size());
    std::set<std::string> categories;
    for (const auto& row : rows) {
      categories.insert({row.sample->category, row.sample->l2_category});
    }
    categories.erase("");
    auto metrics = accuracies(rows, "Overall");
    const double mean = (metrics[0].value + metrics[1].value + metrics[2].value) / 3;
    metrics.insert(metrics.begin(),
                   {.name = std::string(main_metric(profile)), .value = mean, .count = count});
    withhold_if_unscored(metrics.front(), rows);
    for (const auto& category : categories) {
      const auto more = accuracies(rows, category);
      metrics.insert(metrics.end(), more.begin(), more.end());
    }
    metrics.push_back(num_rows_metric("unknown", rows, "Unknown"));
    return metrics;
  }

  Bounds bounds(std::span<const Row> rows, const Profile& profile) const override {
    return {extreme_mean(*this, rows, profile, End::kLow),
            extreme_mean(*this, rows, profile, End::kHigh)};
  }

  /// VLMEvalKit prints the three accuracies; the published number is their mean.
  std::string_view main_metric(const Profile& /*profile*/) const override {
    return "mean_of_aAcc_fAcc_qAcc";
  }
};

}  // namespace

const Task& hallusionbench() {
  static const HallusionBench task;
  return task;
}

}  // namespace mono::tasks
