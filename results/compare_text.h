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

/// Runs that could not be compared, as they were named, and why: a line each.
struct Refusal {
  std::string base{};
  std::string next{};
  std::string reason{};
};

/// What the reports hold then: the reason, in JUnit's form as an error.
std::string refusal_markdown(const Refusal& refusal);
nlohmann::ordered_json refusal_json(const Refusal& refusal);
std::string refusal_junit(const Refusal& refusal);

}  // namespace mono::results
