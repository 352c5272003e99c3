#include "tasks/metric/vqa_scores.h"

#include <unordered_map>

#include "tasks/metric/vqa_accuracy.h"
#include "tasks/pipeline/answers.h"
#include "tasks/pipeline/columns.h"

namespace mono::tasks {
namespace {

constexpr size_t kNumReferences = 10;
constexpr size_t kFewestReferences = 2;  // each is left out once and compared with the others

bool wants_ten(const Profile& profile) {
  return profile.message.pipeline == Pipeline::kInternVl;
}

/// What the soft accuracy compares.
struct ComparedTexts {
  std::string answer{};
  std::vector<std::string> references{};
};

/// \returns the texts as they are where all references agree.
std::optional<ComparedTexts> agreed_texts(std::string_view answer,
                                          const std::vector<std::string>& references) {
  if (references.empty()) return std::nullopt;
  ComparedTexts texts{.answer = plain_vqa_text(answer)};
  for (const auto& reference : references) {
    texts.references.push_back(plain_vqa_text(reference));
    if (texts.references.back() != texts.references.front()) return std::nullopt;
  }
  return texts;
}

/// Normalises each distinct text once.
class Normaliser {
 public:
  explicit Normaliser(const VqaRules& rules) : rules_(rules) {}

  const std::string& answer(std::string_view text) {
    const auto [entry, is_new] = answers_.try_emplace(text);
    if (is_new) entry->second = normalise_vqa(text, rules_);
    return entry->second;
  }

  /// The references in an answer cell.
  const std::vector<std::string>& references(std::string_view cell) {
    const auto [entry, is_new] = cells_.try_emplace(cell);
    if (is_new) entry->second = normalised(accepted_answers(cell));
    return entry->second;
  }

  std::vector<std::string> normalised(const std::vector<std::string>& texts) const {
    std::vector<std::string> result;
    result.reserve(texts.size());
    for (const auto& text : texts) result.push_back(normalise_vqa(text, rules_));
    return result;
  }

 private:
  const VqaRules& rules_;
  std::unordered_map<std::string_view, std::string> answers_;
  std::unordered_map<std::string_view, std::vector<std::string>> cells_;
};

Score score_of(const std::string& answer, const std::vector<std::string>& references,
               const Sample& sample, const Profile& profile, std::string_view task) {
  if (wants_ten(profile) && references.size() != kNumReferences) {
    model::fail(task, ": sample ", sample.id, ": expected ", kNumReferences, " references, got ",
                references.size());
  }
  return {.value = vqa_accuracy(answer, references, profile.vqa), .answer = answer, .how = "vqa"};
}

}  // namespace

std::string reference_fault(const Sample& sample, const Profile& profile) {
  const auto* const cell = sample.cell("answer");
  const auto count =
      cell == nullptr ? sample.targets.size() : accepted_answers(cell_text(*cell)).size();
  const bool is_fit = wants_ten(profile) ? count == kNumReferences : count >= kFewestReferences;
  if (is_fit || !has_answer(sample)) return "";
  const auto expected = wants_ten(profile) ? std::to_string(kNumReferences)
                                           : "at least " + std::to_string(kFewestReferences);
  return "column 'answer': expected " + expected + " references, got " + std::to_string(count);
}

std::vector<std::optional<Score>> vqa_scores(std::span<const Row> rows, const Profile& profile,
                                             std::string_view task) {
  const auto positions = answered_rows(rows);
  auto predictions = response_column(rows, positions, profile);
  auto answers = cell_column(rows, positions, "answer", profile);
  Normaliser normaliser(profile.vqa);
  std::vector<std::optional<Score>> scores(rows.size());
  for (size_t k = 0; k < positions.size(); ++k) {
    const auto& sample = *rows[positions[k]].sample;
    auto& score = scores[positions[k]];
    if (!has_answer(sample)) {
      score = {.value = 0, .answer = normaliser.answer(predictions.text(k)), .how = "vqa"};
      continue;
    }
    const bool has_cell = sample.cell("answer") != nullptr;
    if (profile.vqa.leaves_agreed_answers) {
      const auto references = has_cell ? accepted_answers(answers.text(k)) : sample.targets;
      const auto texts = agreed_texts(predictions.text(k), references);
      if (texts) score = score_of(texts->answer, texts->references, sample, profile, task);
    }
    if (score) continue;
    const auto& answer = normaliser.answer(predictions.text(k));
    score = has_cell
                ? score_of(answer, normaliser.references(answers.text(k)), sample, profile, task)
                : score_of(answer, normaliser.normalised(sample.targets), sample, profile, task);
  }
  return scores;
}

}  // namespace mono::tasks
