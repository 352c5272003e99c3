#pragma once

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

/// Multiple-choice rows of InternVL's JSON Lines files and of the Hub's data sets, brought into the
/// columns of a VLMEvalKit table.
namespace mono::tasks {

/// Kinds of SEED-Bench questions, in the order of their numbers from 1; images first.
inline constexpr std::array<std::string_view, 12> kSeedKinds = {
    "Scene Understanding", "Instance Identity",  "Instance Location",    "Instance Attributes",
    "Instances Counting",  "Spatial Relation",   "Instance Interaction", "Visual Reasoning",
    "Text Understanding",  "Action Recognition", "Action Prediction",    "Procedure Understanding"};
inline constexpr size_t kNumSeedImageKinds = 9;

/// The place of a kind in `kSeedKinds`.
/// \returns nothing if there is none of that name.
std::optional<size_t> seed_kind(std::string_view name);

/// Renames and rewrites a row's fields in place:
///   `text` (SEED) is the `question`, a finished one is taken apart into question and options;
///   `choices` with an `answer` index (ScienceQA), `options` as list, text or object (MMMU, AI2D),
///   and `choice_a` ... (SEED) are the columns A, B ...; the answer is a letter;
///   `question_type_id` (SEED) is the `category`; an empty `hint` is none.
/// Other rows stay as they are.
/// \throws model::SetupError "<where>: ..." on an answer index without option, more than 26
///         options, options that are no texts, or an unknown kind of question.
void use_table_columns(nlohmann::json& row, const std::string& where);

/// SEED-Bench's own file of questions (`questions`: `question_id`, `question_type_id`, `answer`),
/// whose kinds and answers InternVL's script scores with.
class SeedQuestions {
 public:
  /// Reads `SEED-Bench.json` beside a JSON Lines file, if there is one.
  /// \throws model::SetupError if it cannot be read.
  explicit SeedQuestions(const std::filesystem::path& jsonl);

  /// Puts kind and answer into the row of one of its questions.
  void complete(nlohmann::json& row) const;

 private:
  std::unordered_map<std::string, nlohmann::json> questions_{};
};

}  // namespace mono::tasks
