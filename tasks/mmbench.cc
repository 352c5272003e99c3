// MMBench, English, version 1.0, test and dev. Liu et al. 2023, arXiv:2307.06281. Metric:
// circular accuracy over base questions. InternVL's scripts only reduce each answer to a letter
// for the submission server: their own profile reports how many letters are right, which is not
// an MMBench score.

#include "tasks/metric/circular.h"
#include "tasks/metric/option_letter.h"
#include "tasks/pipeline/columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

const std::vector<Profile>& mmbench_profiles() {
  static const std::vector<Profile> profiles = {vlmevalkit_profile(), vlmevalkit_2024_profile(),
                                                internvl_profile(100)};
  return profiles;
}

bool is_internvl(const Profile& profile) {
  return profile.message.pipeline == Pipeline::kInternVl;
}

/// One letter a row, as in the submission sheet. On a blank answer the reference stops with an
/// IndexError; here it is a wrong answer that says so.
std::vector<std::optional<Score>> score_letters(std::span<const Row> rows, const Profile& profile) {
  const auto positions = answered_rows(rows);
  auto targets = cell_column(rows, positions, "answer", profile);
  const auto choices = choice_columns(rows, positions, profile);
  std::vector<std::optional<Score>> scores(rows.size());
  for (size_t k = 0; k < positions.size(); ++k) {
    const auto letter = read_internvl_letter(rows[positions[k]].response, choices[k]);
    const bool is_hit = letter && !targets.is_missing(k) && *letter == targets.text(k);
    scores[positions[k]] = Score{.value = is_hit ? 1.0 : 0.0,
                                 .answer = letter.value_or(""),
                                 .how = letter ? "letter" : "raises IndexError"};
  }
  return scores;
}

class MmBench final : public Task {
 public:
  MmBench(std::string_view name, std::vector<std::string_view> aliases)
      : name_(name), aliases_(std::move(aliases)) {}

  std::string_view name() const override { return name_; }
  std::vector<std::string_view> aliases() const override { return aliases_; }
  std::span<const Profile> profiles() const override { return mmbench_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "MMBench"; }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, multiple_choice_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& /*judge*/) const override {
    return is_internvl(profile) ? score_letters(rows, profile) : score_circular(rows, profile);
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    if (!is_internvl(profile)) return circular_metrics(rows, name_);
    const auto hits = counted_values(rows, name_);
    const int count = static_cast<int>(hits.size());
    return {{.name = "letter_accuracy",
             .value = pairwise_mean(hits),
             .standard_error = standard_error_of_mean(hits),
             .count = count},
            {.name = "row_hits_letter_equals_answer",
             .value = sum_left_to_right(hits),
             .count = count}};
  }

  std::string_view main_metric(const Profile& profile) const override {
    return is_internvl(profile) ? "letter_accuracy" : "Overall";
  }

  std::optional<double> table_scale(const Profile& profile) const override {
    // InternVL's script leaves the circular score to the server; letters alone are another number.
    return is_internvl(profile) ? std::nullopt : std::optional(100.0);
  }

  bool is_counted(const Sample& sample) const override { return is_base_row(sample); }

 private:
  std::string_view name_;
  std::vector<std::string_view> aliases_;
};

}  // namespace

const Task& mmbench_en() {
  static const MmBench task("mmbench_en",
                            {"MMBench_TEST_EN", "MMBench", "mmbench_test_en_20231003"});
  return task;
}

const Task& mmbench_en_dev() {
  static const MmBench task("mmbench_en_dev", {"MMBench_DEV_EN", "mmbench_dev_20230712"});
  return task;
}

}  // namespace mono::tasks
