#include "evaluator/failures.h"

#include <fmt/format.h>

namespace mono::evaluator {

std::string failures_text(std::span<const tasks::Row> rows) {
  constexpr int kMaxShown = 20;
  std::string text;
  int num_failed = 0;
  for (const auto& row : rows) {
    if (row.error.empty() || ++num_failed > kMaxShown) continue;
    text += fmt::format("mono-eval: row '{}' failed: {}\n", row.sample->id, row.error);
  }
  if (num_failed > kMaxShown) {
    text += fmt::format("mono-eval: ... and {} more\n", num_failed - kMaxShown);
  }
  return text;
}

}  // namespace mono::evaluator
