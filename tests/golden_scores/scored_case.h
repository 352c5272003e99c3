#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "tests/golden_scores/score_case.h"

namespace mono::tests {

/// A golden file of scores as a task's rows, not yet scored.
ScoreCase read_score_case(const std::filesystem::path& path, const tasks::Task& task,
                          const tasks::Profile& profile);

/// The judge whose replies the file holds; null where it holds none.
std::unique_ptr<tasks::Judge> judge_of(const ScoreCase& test);

}  // namespace mono::tests
