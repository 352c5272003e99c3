#include "tasks/caption_task.h"

#include "tasks/bounds.h"
#include "tasks/metric/bleu.h"
#include "tasks/metric/cider.h"
#include "tasks/metric/rouge_l.h"
#include "tasks/pipeline/accepted_answers.h"
#include "tasks/pipeline/answers.h"
#include "tasks/pipeline/message.h"
#include "tasks/pipeline/profiles.h"
#include "tasks/text/ptb_tokenizer.h"
#include "tasks/text/python_number.h"

namespace mono::tasks {
namespace {

constexpr int kMaxNewTokens = 30;
constexpr int kMinNewTokens = 8;

constexpr std::string_view kInternVlQuestion =
    "Provide a one-sentence caption for the provided image.";
constexpr std::string_view kVlmEvalKitQuestion =
    "Please describe this image in general. Directly provide the description, do not include "
    "prefix like \"This image depicts\". ";

Profile internvl_caption_profile() {
  auto profile = internvl_profile(kMaxNewTokens);
  profile.what =
      "InternVL's scripts: pictures tiled in their own colour mode, 8 to 30 new tokens, scored by "
      "pycocoevalcap: Penn Treebank tokens without punctuation, then CIDEr, Bleu and ROUGE-L.";
  profile.message.keeps_stored_mode = true;
  profile.message.decoding.min_new_tokens = kMinNewTokens;
  profile.message.decoding_v15.min_new_tokens = kMinNewTokens;
  return profile;
}

std::vector<Profile> caption_profiles(bool has_vlmevalkit) {
  auto scorer = internvl_caption_profile();
  scorer.name = "pycocoevalcap";
  scorer.what = "pycocoevalcap 1.2 on any captions, as InternVL's scripts call it.";
  scorer.is_scorer = true;
  std::vector<Profile> profiles = {internvl_caption_profile(), scorer};
  if (!has_vlmevalkit) return profiles;
  auto vek = vlmevalkit_profile();
  vek.what =
      "VLMEvalKit as of 2026: another question, and no tokenizer: words are what stands between "
      "blanks, capitals and punctuation included. Not comparable with captions scored elsewhere.";
  vek.caption = {.tokenizes = false, .is_percent = true};
  profiles.push_back(vek);
  return profiles;
}

/// The captions of the rows at `positions` and their references, tokenised. Hypotheses are one
/// text and references another, in the order of the rows.
std::vector<CaptionTexts> caption_texts(std::span<const Row> rows,
                                        std::span<const size_t> positions, const Profile& profile) {
  auto predictions = response_column(rows, positions, profile);
  AcceptedAnswers accepted(rows, positions, profile);
  std::vector<std::string> hypotheses;
  std::vector<std::string> references;
  std::vector<size_t> num_references;
  for (size_t k = 0; k < positions.size(); ++k) {
    hypotheses.emplace_back(predictions.text(k));
    const auto own = accepted.row(k);
    num_references.push_back(own.size());
    references.insert(references.end(), own.begin(), own.end());
  }
  if (profile.caption.tokenizes) {
    hypotheses = tokenized_captions(hypotheses);
    references = tokenized_captions(references);
  }
  std::vector<CaptionTexts> texts;
  auto next = references.begin();
  for (size_t k = 0; k < positions.size(); ++k) {
    texts.push_back({std::move(hypotheses[k]), {}});
    for (size_t i = 0; i < num_references[k]; ++i) {
      texts.back().references.push_back(std::move(*next++));
    }
  }
  return texts;
}

template <typename Wanted>
std::vector<size_t> rows_that(std::span<const Row> rows, const Wanted& is_wanted) {
  std::vector<size_t> positions;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (is_wanted(rows[i])) positions.push_back(i);
  }
  return positions;
}

bool has_references(const Row& row) {
  return has_answer(*row.sample);
}

double scale_of(const Profile& profile) {
  return profile.caption.is_percent ? 100 : 1;
}

}  // namespace

CaptionTask::CaptionTask(std::string_view name, std::string_view vlmevalkit_dataset,
                         std::vector<std::string_view> aliases)
    : name_(name),
      aliases_(std::move(aliases)),
      folder_(vlmevalkit_dataset.empty() ? name : vlmevalkit_dataset),
      profiles_(caption_profiles(!vlmevalkit_dataset.empty())) {
  if (!vlmevalkit_dataset.empty()) aliases_.insert(aliases_.begin(), vlmevalkit_dataset);
}

model::Request CaptionTask::request(const Sample& sample, const Profile& profile,
                                    Registration registration) const {
  const bool is_internvl = profile.message.pipeline == Pipeline::kInternVl;
  return build_request(sample, std::string(is_internvl ? kInternVlQuestion : kVlmEvalKitQuestion),
                       profile, registration);
}

std::vector<std::optional<Score>> CaptionTask::score(std::span<const Row> rows,
                                                     const Profile& profile,
                                                     Judge& /*judge*/) const {
  if (!has_accepted_answers(rows)) return kept_back_scores(rows);
  const auto positions =
      rows_that(rows, [](const Row& row) { return row.error.empty() && has_references(row); });
  auto texts = caption_texts(rows, positions, profile);
  const auto values = cider(texts);
  std::vector<std::optional<Score>> scores(rows.size());
  for (const size_t i : answered_rows(rows)) {
    scores[i] = Score{.how = "no reference", .state = ScoreState::kUnscored};
  }
  for (size_t k = 0; k < positions.size(); ++k) {
    scores[positions[k]] = Score{.value = values[k],
                                 .answer = std::move(texts[k].hypothesis),
                                 .how = "cider",
                                 .best_value = kBestCider};
  }
  return scores;
}

std::vector<Metric> CaptionTask::metrics(std::span<const Row> rows, const Profile& profile) const {
  const auto values = known_values(rows, name_);
  const auto texts = caption_texts(rows, rows_that(rows, enters_metrics), profile);
  const int count = static_cast<int>(values.size());
  std::vector<double> rouges;
  rouges.reserve(texts.size());
  for (const auto& picture : texts) rouges.push_back(rouge_l(picture));
  std::vector<Metric> metrics = {{.name = "CIDEr",
                                  .value = pairwise_mean(values),
                                  .standard_error = standard_error_of_mean(values),
                                  .count = count}};
  const auto bleus = bleu(texts);
  for (size_t i = 0; i < bleus.size(); ++i) {
    metrics.push_back({.name = "Bleu_" + std::to_string(i + 1), .value = bleus[i], .count = count});
  }
  metrics.push_back({.name = "ROUGE_L",
                     .value = pairwise_mean(rouges),
                     .standard_error = standard_error_of_mean(rouges),
                     .count = count});
  for (auto& metric : metrics) {
    metric.value *= scale_of(profile);
    if (metric.standard_error) *metric.standard_error *= scale_of(profile);
  }
  return metrics;
}

/// A caption's CIDEr depends on the references of all pictures, those of failed rows too.
Bounds CaptionTask::bounds(std::span<const Row> rows, const Profile& profile) const {
  known_values(settled_rows(*this, profile, rows, End::kLow), name_);
  const auto texts = caption_texts(rows, rows_that(rows, is_settled), profile);
  const auto silent =
      rows_that(rows, [](const Row& row) { return !is_settled(row) && has_references(row); });
  std::vector<std::vector<std::string>> others;
  for (auto& picture : caption_texts(rows, silent, profile)) {
    others.push_back(std::move(picture.references));
  }
  const auto num_unknown = static_cast<int>(rows.size() - texts.size() - others.size());
  std::vector<double> low(rows.size(), 0);
  std::vector<double> high(rows.size(), kBestCider);
  const auto known = cider_bounds(texts, others, num_unknown);
  for (size_t i = 0; i < known.size(); ++i) {
    low[i] = known[i].low;
    high[i] = known[i].high;
  }
  return {pairwise_mean(low) * scale_of(profile), pairwise_mean(high) * scale_of(profile)};
}

std::optional<double> CaptionTask::table_scale(const Profile& profile) const {
  return profile.caption.is_percent ? 1 : 100;
}

}  // namespace mono::tasks
