// MMMU, validation and dev: college questions of 30 subjects, one to seven pictures each. Yue et
// al. 2023, arXiv:2311.16502. Metric: accuracy.

#include "tasks/bounds.h"
#include "tasks/metric/mmmu_direct.h"
#include "tasks/metric/plain_choice.h"
#include "tasks/mmmu_subjects.h"
#include "tasks/pipeline/choice_columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

Profile mmmu_internvl_profile() {
  auto profile = internvl_profile(10);
  profile.what =
      "InternVL's own scripts: first picture doubled and cut into up to 6 tiles, the others one "
      "tile each, all in one block, in the file's colour mode; a leading letter or the first "
      "option text in the answer counts, open answers are searched for numbers and phrases.";
  profile.message.last_choice = 'M';
  profile.message.strips_text = true;
  profile.message.doubles_first_image = true;
  profile.message.max_tiles_of_others = 1;
  profile.message.keeps_stored_mode = true;
  return profile;
}

Profile mmmu_vlmevalkit_profile(Profile profile, std::string folder, std::string what) {
  profile.what = std::move(what);
  profile.message.max_tiles = 12;
  profile.message.doubles_first_image = true;
  profile.message.image_folder = std::move(folder);
  profile.letter.rewrites_open_rows = true;
  return profile;
}

Profile mmmu_scorer(std::string name, std::string what) {
  auto profile = mmmu_internvl_profile();
  profile.name = std::move(name);
  profile.what = std::move(what);
  profile.is_scorer = true;
  profile.letter.parses_and_guesses = true;
  return profile;
}

const std::vector<Profile>& mmmu_profiles() {
  static const std::vector<Profile> profiles = {
      mmmu_internvl_profile(),
      mmmu_vlmevalkit_profile(
          vlmevalkit_profile(), "MMMU_DEV_VAL",
          "VLMEvalKit as of 2026: up to 12 tiles a picture, at most 64 a question, first picture "
          "doubled; an open question becomes a choice between its answer and `Other Answers`; a "
          "letter counts among the last four words only, `answer is X` is read."),
      mmmu_vlmevalkit_profile(
          vlmevalkit_2024_profile(), "MMMU",
          "VLMEvalKit of October 2024: up to 12 tiles a picture, first picture doubled, the marks "
          "of several pictures left at the end of the question; an open question becomes a choice "
          "between its answer and `Other Answers`; a letter counts anywhere."),
      mmmu_scorer("official",
                  "MMMU's own scorer: letters in brackets, between blanks, or option texts, the "
                  "last of several; where there is none, a letter drawn with seed 42."),
      mmmu_scorer("official-parser",
                  "MMMU's own multiple-choice parser as it ships with InternVL's scripts, which do "
                  "not call it: the same rules as `official`.")};
  return profiles;
}

/// The question as InternVL's script writes it: every piece stripped, the short-answer sentence
/// on a line of its own.
std::string internvl_text(const Sample& sample, const Profile& profile) {
  Sample pieces{.question = std::string(strip(sample.question)),
                .choices = stripped_choices(sample.choices)};
  if (!is_open_question(sample, !sample.choices.empty()))
    return multiple_choice_text(pieces, profile);
  for (const auto& choice : pieces.choices) {
    pieces.question.append("\n").append(1, choice.letter).append(". ").append(choice.text);
  }
  auto on_own_line = profile;
  on_own_line.message.short_answer_join = "\n";
  return std::string(strip(short_answer_text(pieces, on_own_line)));
}

class Mmmu final : public Task {
 public:
  Mmmu(std::string_view name, std::vector<std::string_view> aliases, std::string_view split)
      : name_(name), aliases_(std::move(aliases)), split_(split) {}

  std::string_view name() const override { return name_; }
  std::vector<std::string_view> aliases() const override { return aliases_; }
  std::span<const Profile> profiles() const override { return mmmu_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& profile) const override {
    return profile.message.image_folder;
  }

  /// A question that is open needs no options: VLMEvalKit makes them of its answer.
  std::string fault(const Sample& sample, const Profile& profile) const override {
    const bool is_open = is_open_question(sample, /*has_choices=*/true);
    return is_vlmevalkit(profile) && !is_open ? options_fault(sample) : "";
  }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample,
                         is_vlmevalkit(profile) ? multiple_choice_text(sample, profile)
                                                : internvl_text(sample, profile),
                         profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& judge) const override {
    auto scores = is_vlmevalkit(profile) ? score_choices(rows, profile, judge)
                                         : score_mmmu_directly(rows, profile);
    for (size_t i = 0; i < rows.size(); ++i) {
      if (scores[i] && !counts(*rows[i].sample, profile)) scores[i]->is_counted = false;
    }
    return scores;
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    return is_vlmevalkit(profile) ? choice_metrics(rows, name_, split_) : mmmu_table(rows, name_);
  }

  std::optional<Sample> placed_where_it_counts(const Row& row, std::span<const Row> /*rows*/,
                                               const Profile& profile) const override {
    const bool is_known_by_id = !is_vlmevalkit(profile) && !row.sample->cells.empty();
    return is_known_by_id ? std::nullopt : in_split_if_lost(row, split_);
  }

  std::string_view main_metric(const Profile& /*profile*/) const override { return "Overall"; }
  std::optional<double> table_scale(const Profile& /*profile*/) const override { return 100; }

  /// VLMEvalKit's table gives each split a line of its own, the others know one split only.
  bool counts(const Sample& sample, const Profile& profile) const override {
    if (is_vlmevalkit(profile)) return true;
    const auto split = sample.split.empty() ? mmmu_split(mmmu_id(sample)) : sample.split;
    return split.empty() || split == split_;
  }

 private:
  std::string_view name_;
  std::vector<std::string_view> aliases_;
  std::string_view split_;
};

}  // namespace

const Task& mmmu() {
  static const Mmmu task("mmmu", {"MMMU_DEV_VAL", "MMMU_validation", "mmmu_val"}, "validation");
  return task;
}

const Task& mmmu_dev() {
  static const Mmmu task("mmmu_dev", {"MMMU_DEV_VAL"}, "dev");
  return task;
}

}  // namespace mono::tasks
