#pragma once

#include "tests/golden_scores/score_case.h"

/// The multiple-choice family's own rows and tables.
namespace mono::tests {

/// The rows of a file; those of `ivl-then-vek` get cells and response from the files `vek` and
/// `ivl` beside it, those of `official-parser` are rows already.
std::vector<nlohmann::json> joined_choice_rows(const std::filesystem::path& path);

std::vector<tasks::Sample> choice_samples(const ScoreCase& test);

void check_choice_table(const ScoreCase& test, const nlohmann::json& table);

/// The case over all rows that a file of `ivl-then-vek` was made from, scored.
ScoreCase whole_case(const ScoreCase& test);

}  // namespace mono::tests
