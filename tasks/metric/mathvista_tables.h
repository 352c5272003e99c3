#pragma once

#include <span>
#include <vector>

#include "tasks/profile.h"
#include "tasks/task.h"

/// MathVista's numbers from scored rows. A row that waits for its judge belongs to its groups but
/// leaves their accuracies NaN; the metric `rule_extracted` then says what reading by rules alone
/// would give.
namespace mono::tasks {

/// MathVista's own table: `average`, the number of right answers, and the accuracy by question
/// type, answer type, language, source, category, task, context, grade and skill, best first.
/// Rule: OpenGVLab/InternVL@2410d1d internvl_chat/eval/mathvista/calculate_score.py (percentages
/// rounded to two decimals), lupantech/MathVista@53d5258 evaluation/calculate_score.py (fractions).
std::vector<Metric> official_math_metrics(std::span<const Row> rows, const MathVistaRules& rules);

/// VLMEvalKit's table: `Overall`, then skills and tasks as they first come; the accuracy, and under
/// `hit`, `prefetch` and `prefetch_rate` the other columns.
/// Rule: open-compass/VLMEvalKit@e8e78f05 vlmeval/dataset/utils/mathvista.py, MathVista_acc.
std::vector<Metric> vlmevalkit_math_metrics(std::span<const Row> rows, const Profile& profile);

}  // namespace mono::tasks
