// MMMU, validation and dev: college questions of 30 subjects, one to seven pictures each. Yue et
// al. 2023, arXiv:2311.16502. Metric: accuracy.

#include <nlohmann/json.hpp>

#include "tasks/metric/internvl_letters.h"
#include "tasks/metric/mmmu_letter.h"
#include "tasks/metric/open_answer.h"
#include "tasks/metric/option_letter.h"
#include "tasks/metric/plain_choice.h"
#include "tasks/mmmu_subjects.h"
#include "tasks/pipeline/choice_columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {
namespace {

bool is_vlmevalkit(const Profile& profile) {
  return profile.message.pipeline == Pipeline::kVlmEvalKit;
}

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

/// Where a set does not say it, a question without options is an open one.
bool is_open(const Sample& sample, bool has_choices) {
  const auto* const type = sample.cell("question_type");
  if (type == nullptr || is_missing(*type)) return !has_choices;
  return cell_text(*type) != "multiple-choice";
}

std::vector<Choice> stripped(std::span<const Choice> choices) {
  std::vector<Choice> result;
  for (const auto& choice : choices) {
    result.push_back({choice.letter, std::string(strip(choice.text))});
  }
  return result;
}

/// The question as InternVL's script writes it: every piece stripped, the short-answer sentence
/// on a line of its own.
std::string internvl_text(const Sample& sample, const Profile& profile) {
  Sample pieces{.question = std::string(strip(sample.question)),
                .choices = stripped(sample.choices)};
  if (!is_open(sample, !sample.choices.empty())) return multiple_choice_text(pieces, profile);
  for (const auto& choice : pieces.choices) {
    pieces.question.append("\n").append(1, choice.letter).append(". ").append(choice.text);
  }
  auto on_own_line = profile;
  on_own_line.message.short_answer_join = "\n";
  return std::string(strip(short_answer_text(pieces, on_own_line)));
}

std::string json_of(std::span<const OpenValue> values) {
  auto list = nlohmann::json::array();
  for (const auto& value : values) {
    std::visit([&](const auto& content) { list.push_back(content); }, value);
  }
  return list.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// InternVL's scripts and MMMU's own: letters or open answers, compared with the accepted ones.
class DirectScorer {
 public:
  DirectScorer(std::span<const Row> rows, const Profile& profile)
      : rows_(rows),
        profile_(profile),
        positions_(answered_rows(rows)),
        columns_(rows, positions_, profile) {}

  std::vector<std::optional<Score>> scores() {
    std::vector<std::optional<Score>> scores(rows_.size());
    for (size_t k = 0; k < positions_.size(); ++k) {
      const auto& row = rows_[positions_[k]];
      scores[positions_[k]] = score_row(row, columns_.row(k));
    }
    return scores;
  }

 private:
  Score score_row(const Row& row, std::span<const Choice> choices) {
    if (is_open(*row.sample, !choices.empty())) return score_open(row, choices);
    if (choices.empty()) return score_letter(row, row.response, choices);
    if (profile_.letter.parses_and_guesses) {
      const auto parsed = parser_.read(row.response, choices);
      auto score = score_letter(row, std::string(1, parsed.letter), choices);
      if (parsed.is_guess) score.state = ScoreState::kGuessed;
      if (parsed.is_guess) score.how = "guess";
      return score;
    }
    const auto letter = read_internvl_letter(row.response, stripped(choices), profile_.letter);
    return letter ? score_letter(row, *letter, choices) : raising_score();
  }

  static Score score_letter(const Row& row, const std::string& letter,
                            std::span<const Choice> choices) {
    const auto& targets = row.sample->targets;
    const bool is_hit = targets.size() == 1 && letter == targets.front();
    return {.value = is_hit ? 1.0 : 0.0,
            .answer = letter,
            .how = "letter",
            .state = choices.empty() ? ScoreState::kRead : letter_state(letter, choices)};
  }

  Score score_open(const Row& row, std::span<const Choice> choices) const {
    auto answer = row.response;
    const bool reads_letter_first = !choices.empty() && !profile_.letter.parses_and_guesses;
    if (reads_letter_first) {
      const auto letter = read_internvl_letter(answer, stripped(choices), profile_.letter);
      if (!letter) return raising_score();
      answer = *letter;
    }
    const auto candidates = parse_open_answer(answer);
    const bool is_hit = matches_open_answer(candidates, row.sample->targets);
    return {.value = is_hit ? 1.0 : 0.0,
            .answer = answer,
            .how = "open",
            .steps = {{"parsed", json_of(candidates)}}};
  }

  std::span<const Row> rows_;
  const Profile& profile_;
  std::vector<size_t> positions_;
  ChoiceColumns columns_;
  MmmuLetterParser parser_;
};

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
                                         : DirectScorer(rows, profile).scores();
    for (size_t i = 0; i < rows.size(); ++i) {
      if (scores[i] && !counts(*rows[i].sample, profile)) scores[i]->is_counted = false;
    }
    return scores;
  }

  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    return is_vlmevalkit(profile) ? choice_metrics(rows, name_, split_) : mmmu_table(rows, name_);
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
