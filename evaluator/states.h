#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "tasks/task.h"

/// What came of the rows of a set, for people and for machines.
namespace mono::evaluator {

/// `{"read": 214, "guessed": 0, "unparsed": 4, "unscored": 0, "failed": 0}`.
nlohmann::ordered_json states_json(std::span<const tasks::Row> rows);

/// `{"metric": "total", "low": 0.0, "high": 100.0}`; null where every row was read.
nlohmann::ordered_json bounds_json(const tasks::Task& task, const tasks::Profile& profile,
                                   std::span<const tasks::Row> rows);

/// "214 read, 0 guessed, 4 unparsed, 0 unscored, 0 failed; total lies in [50.1, 51.9]".
std::string states_text(const tasks::Task& task, const tasks::Profile& profile,
                        std::span<const tasks::Row> rows);

/// "read", "guessed", "unparsed" or "unscored".
std::string state_name(tasks::ScoreState state);

}  // namespace mono::evaluator
