#pragma once

#include <cstddef>
#include <vector>

#include "evaluator/run_task.h"

namespace mono::evaluator {

/// Positions of all samples, [num_samples], as they are asked: questions about the same pictures
/// together, else in dataset order, or shuffled by the plan's seed.
std::vector<size_t> asking_order(const TaskPlan& plan);

/// Those of them that are asked in each call of the adapter. Calls are whole windows of the order,
/// less what is known: a run that was stopped and resumed asks all rows but those of the call that
/// was cut off together with the same others.
/// \param window    How many samples a call has, at least 1.
/// \param is_known  [num_samples]; true where the answer is there already.
std::vector<std::vector<size_t>> calls_to_make(const std::vector<size_t>& order, size_t window,
                                               const std::vector<bool>& is_known);

}  // namespace mono::evaluator
