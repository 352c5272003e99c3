// MathVista, testmini, 1000 problems. Lu et al. 2023, arXiv:2310.02255. Metric: accuracy of an
// answer that a language model extracts from each response where rules cannot.

#include "tasks/metric/mathvista_answer.h"
#include "tasks/metric/mathvista_tables.h"
#include "tasks/metric/mathvista_vek.h"
#include "tasks/pipeline/columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

Profile internvl_math_profile(std::string name, int max_new_tokens) {
  auto profile = internvl_profile(max_new_tokens);
  profile.name = std::move(name);
  profile.message.keeps_stored_mode = true;
  profile.what =
      "InternVL's own scripts: an answer that is a choice's text or a number is taken as it is, "
      "every other is extracted by a language model (gpt-3.5-turbo); the nearest choice counts, so "
      "that an empty answer can be right.";
  return profile;
}

Profile internvl_2024_math_profile() {
  auto profile = internvl_math_profile("ivl-2024", 1000);
  profile.what +=
      " State of August 2024: 1000 new tokens, and a precision stored as 1.0, as on the "
      "Hub, leaves every answer of type float wrong.";
  profile.mathvista.takes_float_precision = false;
  return profile;
}

Profile official_math_profile() {
  auto profile = internvl_math_profile("official", 1000);
  profile.what =
      "MathVista's own scorer on extractions stored earlier; accuracies as unrounded fractions.";
  profile.is_scorer = true;
  profile.mathvista.gives_fractions = true;
  return profile;
}

Profile vlmevalkit_math_profile(Profile profile, std::string what) {
  profile.what = std::move(what);
  return profile;
}

const std::vector<Profile>& mathvista_profiles() {
  static const std::vector<Profile> profiles = {
      internvl_math_profile("ivl", 4096), internvl_2024_math_profile(),
      vlmevalkit_math_profile(
          vlmevalkit_profile(),
          "VLMEvalKit as of 2026: an inferred letter, or a right number other than 0, needs no "
          "judge, every other answer is extracted by one (gpt-4o-mini); a list is never right."),
      vlmevalkit_math_profile(
          vlmevalkit_2024_profile(),
          "VLMEvalKit of October 2024: as vek with GPT-4 Turbo as judge, letters anywhere in the "
          "answer, pictures through JPEG, formulas in the result sheet as 0."),
      official_math_profile()};
  return profiles;
}

class MathVista final : public Task {
 public:
  std::string_view name() const override { return "mathvista"; }
  std::vector<std::string_view> aliases() const override {
    return {"MathVista_MINI", "MathVista", "MathVista_testmini", "testmini"};
  }
  std::span<const Profile> profiles() const override { return mathvista_profiles(); }
  std::string_view paper_profile() const override { return "vek-2024"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "MathVista_MINI"; }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, math_query(sample), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& judge) const override {
    if (!is_internvl(profile)) return score_math_as_vlmevalkit(rows, profile, judge);
    std::vector<std::optional<Score>> scores(rows.size());
    for (const size_t i : answered_rows(rows)) {
      const auto problem = math_problem(*rows[i].sample, profile.mathvista);
      scores[i] = score_extraction(rows[i], problem, judge);
    }
    return scores;
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    return is_internvl(profile) ? official_math_metrics(rows, profile.mathvista)
                                : vlmevalkit_math_metrics(rows, profile);
  }

  std::string_view main_metric(const Profile& profile) const override {
    return is_internvl(profile) ? "average" : "Overall";
  }

  std::optional<double> table_scale(const Profile& profile) const override {
    return profile.mathvista.gives_fractions ? 100 : 1;
  }
};

}  // namespace

const Task& mathvista() {
  static const MathVista task;
  return task;
}

}  // namespace mono::tasks
