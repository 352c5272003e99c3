#pragma once

#include <span>
#include <string>

#include "tasks/task.h"

namespace mono::evaluator {

/// A line for each failed row, with its place and the reason; the first twenty, then how many more.
/// "" where none failed.
std::string failures_text(std::span<const tasks::Row> rows);

}  // namespace mono::evaluator
