#include "evaluator/failures.h"

#include <fmt/format.h>

namespace mono::evaluator {

namespace {

/// Why a row failed, itself or with a row of its group; "" where it did not.
std::string_view reason(const tasks::Row& row) {
  if (!row.error.empty()) return row.error;
  const bool failed_with_group = row.score && row.score->state == tasks::ScoreState::kFailed;
  return failed_with_group ? std::string_view(row.score->log) : std::string_view();
}

}  // namespace

std::string failures_text(std::span<const tasks::Row> rows) {
  constexpr int kMaxShown = 20;
  std::string text;
  int num_failed = 0;
  for (const auto& row : rows) {
    const auto why = reason(row);
    if (why.empty() || ++num_failed > kMaxShown) continue;
    text += fmt::format("mono-eval: row '{}' failed: {}\n", row.sample->id, why);
  }
  if (num_failed > kMaxShown) {
    text += fmt::format("mono-eval: ... and {} more\n", num_failed - kMaxShown);
  }
  return text;
}

}  // namespace mono::evaluator
