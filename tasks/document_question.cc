#include "tasks/document_question.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "tasks/metric/anls.h"
#include "tasks/pipeline/accepted_answers.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"

namespace mono::tasks {
namespace {

constexpr int kMaxNewTokens = 100;

std::vector<Profile> document_profiles(int max_tiles) {
  auto internvl = internvl_profile(kMaxNewTokens);
  internvl.what =
      "InternVL's scripts: the evaluation server's own ANLS, a fraction; a list of answers without "
      "question ids goes to InternVL's other ANLS, which measures stripped texts.";
  internvl.anls.has_list_evaluator = true;
  auto official = internvl_profile(kMaxNewTokens);
  official.name = "official";
  official.what =
      "The evaluation server's ANLS on any predictions: lengths are those of the texts as they "
      "are, a similarity below 0.5 counts 0.";
  official.is_scorer = true;
  auto vek = vlmevalkit_profile();
  vek.what =
      "VLMEvalKit as of 2026: the server's ANLS, but on texts that went through a result sheet, so "
      "that an answer `N/A` is compared as `nan`; a percentage.";
  auto vek_2024 = vlmevalkit_2024_profile();
  vek_2024.what =
      "VLMEvalKit of October 2024: as `vek`, with pictures through JPEG, 1024 new tokens, and "
      "answers that look like formulas read as 0.";
  std::vector<Profile> profiles = {internvl, vek, vek_2024, official};
  for (auto& profile : profiles) profile.message.max_tiles = max_tiles;
  return profiles;
}

bool has_question_id(const Sample& sample) {
  constexpr std::array<std::string_view, 4> kIds = {"questionId", "question_id", "index", "id"};
  return std::any_of(kIds.begin(), kIds.end(),
                     [&](std::string_view name) { return sample.cell(name) != nullptr; });
}

Score score_of(std::span<const std::string> accepted, std::string_view answer, const Sample& sample,
               const Profile& profile) {
  if (!profile.anls.has_list_evaluator || has_question_id(sample)) {
    return {.value = anls(accepted, answer), .answer = std::string(answer), .how = "anls"};
  }
  Score score{.value = anls_of_list_evaluator(accepted, answer),
              .answer = std::string(answer),
              .how = "anls of a list"};
  if (std::isnan(score.value)) {
    score.value = 0;
    score.how = "raises ZeroDivisionError";
    score.state = ScoreState::kUnparsed;
  }
  return score;
}

}  // namespace

DocumentQuestions::DocumentQuestions(std::string_view name, std::string_view dataset,
                                     std::vector<std::string_view> aliases, int max_tiles)
    : name_(name),
      dataset_(dataset),
      aliases_(std::move(aliases)),
      profiles_(document_profiles(max_tiles)) {
  aliases_.insert(aliases_.begin(), dataset);
}

model::Request DocumentQuestions::request(const Sample& sample, const Profile& profile,
                                          Registration registration) const {
  return build_request(sample, short_answer_text(sample, profile), profile, registration);
}

std::vector<std::optional<Score>> DocumentQuestions::score(std::span<const Row> rows,
                                                           const Profile& profile,
                                                           Judge& /*judge*/) const {
  if (!has_accepted_answers(rows)) return kept_back_scores(rows);
  const auto positions = answered_rows(rows);
  auto predictions = response_column(rows, positions, profile);
  AcceptedAnswers accepted(rows, positions, profile);
  std::vector<std::optional<Score>> scores(rows.size());
  for (size_t k = 0; k < positions.size(); ++k) {
    const auto& sample = *rows[positions[k]].sample;
    scores[positions[k]] = score_of(accepted.row(k), predictions.text(k), sample, profile);
  }
  return scores;
}

std::vector<Metric> DocumentQuestions::metrics(std::span<const Row> rows,
                                               const Profile& profile) const {
  return {mean_metric(rows, profile, name_, "anls")};
}

std::string_view DocumentQuestions::main_metric(const Profile& profile) const {
  return profile.message.pipeline == Pipeline::kInternVl ? "anls" : "Overall";
}

std::optional<double> DocumentQuestions::table_scale(const Profile& profile) const {
  return profile.message.pipeline == Pipeline::kInternVl ? 100 : 1;
}

}  // namespace mono::tasks
