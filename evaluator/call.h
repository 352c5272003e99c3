#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "evaluator/run_task.h"
#include "model/adapter.h"

namespace mono::evaluator {

/// What one call of the adapter is about.
struct Call {
  /// A sample that cannot be asked.
  struct Refusal {
    size_t position = 0;
    std::string error{};
  };

  std::vector<model::Request> requests{};
  std::vector<size_t> positions{};  // [num_requests], of their samples
  std::vector<Refusal> refusals{};
};

/// \param positions  Of the samples to ask together.
Call make_call(const TaskPlan& plan, std::span<const size_t> positions);

}  // namespace mono::evaluator
