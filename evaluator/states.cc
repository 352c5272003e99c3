#include "evaluator/states.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

namespace mono::evaluator {

std::string state_name(tasks::ScoreState state) {
  switch (state) {
    case tasks::ScoreState::kRead:
      return "read";
    case tasks::ScoreState::kGuessed:
      return "guessed";
    case tasks::ScoreState::kUnparsed:
      return "unparsed";
    case tasks::ScoreState::kUnscored:
      return "unscored";
    case tasks::ScoreState::kFailed:
      return "failed";
  }
  model::fail<std::runtime_error>("unknown state of a score");
}

nlohmann::ordered_json states_json(std::span<const tasks::Row> rows) {
  const auto tally = tasks::tally(rows);
  return {{"read", tally.read},
          {"guessed", tally.guessed},
          {"unparsed", tally.unparsed},
          {"unscored", tally.unscored},
          {"failed", tally.failed}};
}

nlohmann::ordered_json bounds_json(const tasks::Task& task, const tasks::Profile& profile,
                                   std::span<const tasks::Row> rows) {
  const auto bounds = tasks::main_metric_bounds(task, profile, rows);
  if (!bounds) return nullptr;
  return {{"metric", task.main_metric(profile)}, {"low", bounds->low}, {"high", bounds->high}};
}

std::string states_text(const tasks::Task& task, const tasks::Profile& profile,
                        std::span<const tasks::Row> rows) {
  const auto tally = tasks::tally(rows);
  auto text = fmt::format("{} read, {} guessed, {} unparsed, {} unscored, {} failed", tally.read,
                          tally.guessed, tally.unparsed, tally.unscored, tally.failed);
  const auto bounds = tasks::main_metric_bounds(task, profile, rows);
  if (bounds && std::isfinite(bounds->low) && std::isfinite(bounds->high)) {
    text += fmt::format("; {} lies in [{:.6g}, {:.6g}]", task.main_metric(profile), bounds->low,
                        bounds->high);
  }
  return text;
}

}  // namespace mono::evaluator
