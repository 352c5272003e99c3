#pragma once

#include <optional>
#include <span>
#include <vector>

#include "tasks/task.h"

namespace mono::tasks {

/// Whether the data says what is accepted; `[]` says nothing.
bool has_answer(const Sample& sample);

/// The rows without an accepted answer, by whether their whole split has none: a server keeps it
/// back. The others were lost.
struct Unanswered {
  std::vector<size_t> kept_back{};
  std::vector<size_t> lost{};
};
Unanswered unanswered_rows(std::span<const Row> rows);
Unanswered unanswered_samples(std::span<const Sample* const> samples);

/// Where no row of a split has an accepted answer, no verdict on it means anything: it becomes
/// `kUnscored`; what was extracted stays. A verdict that was stored earlier stays too.
void unscore_without_answers(std::span<const Row> rows, std::span<std::optional<Score>> scores);

}  // namespace mono::tasks
