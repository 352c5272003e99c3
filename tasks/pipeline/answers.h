#pragma once

#include <optional>
#include <span>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// The rows without an accepted answer, by whether their whole split has none: a server keeps it
/// back. The others were lost.
struct Unanswered {
  std::vector<size_t> kept_back{};
  std::vector<size_t> lost{};
};
Unanswered unanswered_rows(std::span<const Row> rows);

/// Where no row of a split has an accepted answer, no verdict on it means anything: it becomes
/// `kUnscored`; what was extracted stays. A verdict that was stored earlier stays too.
void unscore_without_answers(std::span<const Row> rows, std::span<std::optional<Score>> scores);

}  // namespace mono::tasks
