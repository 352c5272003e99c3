#pragma once

#include <cstddef>
#include <vector>

#include "evaluator/run_task.h"

namespace mono::evaluator {

/// Positions of the samples still to ask: questions about the same pictures together, else in
/// dataset order, or shuffled by the plan's seed.
/// \param is_known  [num_samples]; true where the answer is there already.
std::vector<size_t> asking_order(const TaskPlan& plan, const std::vector<bool>& is_known);

}  // namespace mono::evaluator
