#pragma once

#include <optional>
#include <span>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// Where no row of a set has an accepted answer, because a server keeps them back, no verdict
/// means anything: all become `kUnscored`; what was extracted stays.
std::vector<std::optional<Score>> unscored_without_answers(
    std::span<const Row> rows, std::vector<std::optional<Score>> scores);

}  // namespace mono::tasks
