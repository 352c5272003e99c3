#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "results/compare_runs.h"

namespace mono::results {

/// A comparison for a terminal: a table a baseline, why each verdict, the rows that changed.
std::string comparison_text(const Comparison& comparison);

/// The same for a pull request: verdict first, changed rows folded away.
std::string comparison_markdown(const Comparison& comparison);

/// The same for machines; results/schema/comparison.schema.json describes it.
nlohmann::ordered_json comparison_json(const Comparison& comparison);

/// The same as JUnit XML, a test case a task and baseline; the class name holds the baseline's
/// folder.
std::string comparison_junit(const Comparison& comparison);

}  // namespace mono::results
