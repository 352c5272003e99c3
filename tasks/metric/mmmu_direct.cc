#include "tasks/metric/mmmu_direct.h"

#include <nlohmann/json.hpp>
#include <string>

#include "tasks/metric/internvl_letters.h"
#include "tasks/metric/mmmu_letter.h"
#include "tasks/metric/open_answer.h"
#include "tasks/metric/option_letter.h"
#include "tasks/pipeline/choice_columns.h"
#include "tasks/text/python_text.h"

namespace mono::tasks {

bool is_open_question(const Sample& sample, bool has_choices) {
  const auto* const type = sample.cell("question_type");
  if (type == nullptr || is_missing(*type)) return !has_choices;
  return cell_text(*type) != "multiple-choice";
}

std::vector<Choice> stripped_choices(std::span<const Choice> choices) {
  std::vector<Choice> result;
  for (const auto& choice : choices) {
    result.push_back({choice.letter, std::string(strip(choice.text))});
  }
  return result;
}

namespace {

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
    if (is_open_question(*row.sample, !choices.empty())) return score_open(row, choices);
    if (choices.empty()) return score_letter(row, row.response, choices);
    if (profile_.letter.parses_and_guesses) {
      const auto parsed = parser_.read(row.response, choices);
      auto score = score_letter(row, std::string(1, parsed.letter), choices);
      if (parsed.is_guess) score.state = ScoreState::kGuessed;
      if (parsed.is_guess) score.how = "guess";
      return score;
    }
    const auto letter =
        read_internvl_letter(row.response, stripped_choices(choices), profile_.letter);
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
      const auto letter = read_internvl_letter(answer, stripped_choices(choices), profile_.letter);
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

}  // namespace

std::vector<std::optional<Score>> score_mmmu_directly(std::span<const Row> rows,
                                                      const Profile& profile) {
  return DirectScorer(rows, profile).scores();
}

}  // namespace mono::tasks
