#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tasks/judge.h"
#include "tasks/profile.h"
#include "tasks/task.h"

/// How MathVista's own scripts, and InternVL's copy of them, read an answer. Lu et al. 2023,
/// arXiv:2310.02255.
/// Rule: OpenGVLab/InternVL@2410d1d
/// internvl_chat/eval/mathvista/{extract_answer,calculate_score}.py.
namespace mono::tasks {

/// What scoring needs of a problem.
struct MathProblem {
  bool is_multiple_choice = false;
  std::string answer_type{};           // "text", "integer", "float", "list"
  std::vector<std::string> choices{};  // in the order of their letters, from A
  std::string query{};                 // hint, question, choices: what the model was asked
  std::string answer{};
  std::optional<int> precision{};  // decimals of a float
};

/// The problem of a sample: its cells `question_type`, `answer_type`, `choices`, `answer`,
/// `precision`, `query`. Where the table has no column `precision`, the query's hint names it.
MathProblem math_problem(const Sample& sample, const MathVistaRules& rules);

/// The query of a sample: its cell `query`, or the question where a table holds it there.
std::string math_query(const Sample& sample);

/// What a rule reads out of a response: a choice's text, or a number, and nothing else in it.
std::optional<std::string> quick_extraction(std::string_view response, const MathProblem& problem);

/// The extracted answer as it is compared: the choice of that letter or the one nearest by
/// Levenshtein distance (the first of several), a truncated integer, a rounded float, a list as it
/// is.
/// \returns nothing where it is no such answer.
std::optional<std::string> normalised_extraction(std::string_view extraction,
                                                 const MathProblem& problem);

/// A reading without a language model, which no pipeline has: the quick rules, VLMEvalKit's letter
/// rules, the last number, the last list. "" if there is none of them.
std::string rule_extraction(std::string_view response, const MathProblem& problem);

/// The verdict on a response: a stored extraction, else the quick rules, else a judge asked to
/// extract the answer (five times at most, until it says anything). Unscored where only a judge
/// could say; the step `rule_extracted` then says whether `rule_extraction` would be right.
Score score_extraction(const Row& row, const MathProblem& problem, Judge& judge);

}  // namespace mono::tasks
