// MM-Vet, 218 open questions. Yu et al. 2023, arXiv:2308.02490. Metric: the mean grade a language
// model gives, in percent. Without one there is no score: InternVL's script ends where its
// predictions are written in the grader's format.

#include <nlohmann/json.hpp>

#include "tasks/metric/mmvet_grade.h"
#include "tasks/metric/mmvet_tables.h"
#include "tasks/pipeline/columns.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/registry.h"

namespace mono::tasks {
namespace {

Profile internvl_mmvet_profile() {
  auto profile = internvl_profile(1000);
  profile.what =
      "InternVL's own evaluation script, which only asks; graded, where replies are on record, by "
      "MM-Vet's own grader (GPT-4-0613, one run).";
  profile.mmvet = {.grader = MmVetGrader::kOfficial};
  return profile;
}

Profile with_what(Profile profile, std::string what) {
  profile.what = std::move(what);
  return profile;
}

Profile official_profile(std::string name, int num_runs, std::string what) {
  auto profile = internvl_profile(1000);
  profile.name = std::move(name);
  profile.what = std::move(what);
  profile.is_scorer = true;
  profile.mmvet = {.grader = MmVetGrader::kOfficial, .num_runs = num_runs};
  return profile;
}

const std::vector<Profile>& mmvet_profiles() {
  static const std::vector<Profile> profiles = {
      internvl_mmvet_profile(),
      with_what(vlmevalkit_profile(),
                "VLMEvalKit as of 2026: the bare question; graded by GPT-4 Turbo, whose grades are "
                "lower than GPT-4-0613's, five tries until the whole reply is a number; a question "
                "with one capability alone counts twice under it."),
      with_what(vlmevalkit_2024_profile(),
                "VLMEvalKit of October 2024: as vek, with pictures through JPEG, formulas in the "
                "result sheet as 0, and at most 1024 new tokens."),
      official_profile("official", 1,
                       "MM-Vet's own grader, one run, on grades or replies stored earlier; figures "
                       "rounded to one decimal."),
      official_profile("official-3runs", 3,
                       "MM-Vet's own grader, everything graded three times: mean and deviation of "
                       "the runs.")};
  return profiles;
}

/// Text of an IVL prompt: the question, a blank and an empty instruction; of a VLMEvalKit one: the
/// question.
std::string question_text(const Sample& sample, const Profile& profile) {
  const bool is_internvl = profile.message.pipeline == Pipeline::kInternVl;
  return is_internvl ? sample.question + " " : sample.question;
}

std::string text_of(const Sample& sample, std::string_view column) {
  const auto* const cell = sample.cell(column);
  return cell == nullptr || is_missing(*cell) ? std::string() : cell_text(*cell);
}

Score official_score(const Row& row, const Profile& profile, Judge& judge) {
  const auto& sample = *row.sample;
  if (auto score = stored_grade(row, profile.mmvet.num_runs)) return std::move(*score);
  const auto answer = text_of(sample, "answer");
  if (judge.is_present() && answer.empty()) {
    model::fail("mmvet: sample ", sample.id,
                ": no ground truth to grade by; mm-vet.json is looked for beside the data");
  }
  const auto call = mmvet_call(sample.id, "mmvet-official", sample.question, answer, row.response);
  return grade_officially(call, profile.mmvet.num_runs, judge);
}

std::vector<std::optional<Score>> vlmevalkit_scores(std::span<const Row> rows,
                                                    const Profile& profile, Judge& judge) {
  const auto positions = answered_rows(rows);
  auto predictions = response_column(rows, positions, profile);
  auto questions = cell_column(rows, positions, "question", profile);
  auto answers = cell_column(rows, positions, "answer", profile);
  std::vector<std::optional<Score>> scores(rows.size());
  for (size_t k = 0; k < positions.size(); ++k) {
    scores[positions[k]] = grade_as_vlmevalkit(
        mmvet_call(rows[positions[k]].sample->id, "mmvet-vek", std::string(questions.text(k)),
                   answers.text(k), std::string(predictions.text(k))),
        judge);
  }
  return scores;
}

/// The tables over rows that are graded; grades pass through the result sheet like everything else.
std::vector<Metric> vlmevalkit_metrics(std::span<const Row> rows, const Profile& profile) {
  std::vector<size_t> positions;
  std::vector<CellView> written;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!enters_metrics(rows[i])) continue;
    positions.push_back(i);
    written.emplace_back(rows[i].score->value);
  }
  auto categories = cell_column(rows, positions, "category", profile);
  SheetColumn grades(std::move(written), profile.sheet);
  std::vector<std::string> category_texts;
  std::vector<double> values;
  for (size_t k = 0; k < positions.size(); ++k) {
    category_texts.emplace_back(categories.text(k));
    const auto* const integer = std::get_if<int64_t>(&grades[k]);
    values.push_back(integer != nullptr ? static_cast<double>(*integer)
                                        : std::get<double>(grades[k]));
  }
  return vlmevalkit_mmvet_metrics(category_texts, values);
}

class MmVet final : public Task {
 public:
  std::string_view name() const override { return "mmvet"; }
  std::vector<std::string_view> aliases() const override {
    return {"MMVet", "mm-vet", "llava-mm-vet"};
  }
  std::span<const Profile> profiles() const override { return mmvet_profiles(); }
  std::string_view paper_profile() const override { return "ivl"; }
  std::string image_folder(const Profile& /*profile*/) const override { return "MMVet"; }
  std::string_view id_prefix() const override { return "v1_"; }

  model::Request request(const Sample& sample, const Profile& profile,
                         Registration registration) const override {
    return build_request(sample, question_text(sample, profile), profile, registration);
  }

  std::vector<std::optional<Score>> score(std::span<const Row> rows, const Profile& profile,
                                          Judge& judge) const override {
    if (profile.mmvet.grader == MmVetGrader::kVlmEvalKit) {
      return vlmevalkit_scores(rows, profile, judge);
    }
    std::vector<std::optional<Score>> scores(rows.size());
    for (const size_t i : answered_rows(rows)) scores[i] = official_score(rows[i], profile, judge);
    return scores;
  }

  /// A row that waits for its grade leaves the tables of the others, and the headline NaN.
  std::vector<Metric> metrics(std::span<const Row> rows, const Profile& profile) const override {
    counted_values(rows, name());  // refuses an empty set
    std::vector<Metric> metrics;
    if (profile.mmvet.grader == MmVetGrader::kVlmEvalKit) {
      metrics = vlmevalkit_metrics(rows, profile);
    } else {
      std::vector<const Row*> graded;
      for (const auto& row : rows) {
        if (enters_metrics(row)) graded.push_back(&row);
      }
      metrics = official_mmvet_metrics(graded);
    }
    withhold_if_unscored(metrics.front(), rows);
    return metrics;
  }

  std::string_view main_metric(const Profile& profile) const override {
    return profile.mmvet.grader == MmVetGrader::kVlmEvalKit ? "Overall" : "total";
  }

  /// The one JSON object that MM-Vet's own grader and its page on the Hub take.
  /// OpenGVLab/InternVL@2410d1d internvl_chat/eval/mmvet/evaluate_mmvet.py.
  std::optional<HandIn> hand_in(std::span<const Row> rows) const override {
    nlohmann::ordered_json answers;
    for (const size_t i : answered_rows(rows)) answers[rows[i].sample->id] = rows[i].response;
    if (answers.empty()) return std::nullopt;
    return HandIn{.file_name = "mmvet_for_grader.json",
                  .content = answers.dump(-1, ' ', /*ensure_ascii=*/true,
                                          nlohmann::json::error_handler_t::replace)};
  }
};

}  // namespace

const Task& mmvet() {
  static const MmVet task;
  return task;
}

}  // namespace mono::tasks
